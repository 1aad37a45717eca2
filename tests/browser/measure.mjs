// Times the page in Chromium: `node tests/browser/measure.mjs FOLDER`. Prints medians of seven.
//
// The clock is the page's own (performance.now), read where the status line changes: from dropping a file of 540 rows
// (design: "one cold D-CPT fit") to the first estimates, and from these to the last of the draws.
import { serve } from "../../tools/serve.mjs";
import { complete, drop, launch } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const folder = process.argv[2] ?? "dist";
const ratios = [0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1];
const budgets = Array.from({ length: 20 }, (_, i) => 1e9 * (i + 1));
const text = csv(grid({ ratios, budgets })); // 3 sizes × 9 ratios × 20 checkpoints = 540 rows

const server = await serve(folder, { path: "/some/sub/path/" });
const browser = await launch();
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const runs = { opened: [], fit: [], draws: [] };
for (let run = 0; run < 7; run += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const start = Date.now();
  await page.goto(server.url);
  await complete(page);
  runs.opened.push(Date.now() - start);
  await page.evaluate(() => {
    window.seen = [];
    const look = () => {
      const line = document.querySelector("#fit .status p")?.textContent ?? "";
      const stage = line.replace(/[:\d].*/, "");
      if (window.seen.at(-1)?.stage !== stage) window.seen.push({ stage, at: performance.now() });
    };
    new MutationObserver(look).observe(document.querySelector("#fit"), { subtree: true, childList: true, characterData: true });
  });
  await drop(page, "cold.csv", text);
  await complete(page, "cold.csv");
  const seen = await page.evaluate(() => window.seen);
  const at = (stage) => seen.find((each) => each.stage.startsWith(stage))?.at;
  runs.fit.push(at("Drawing") - at("Looking"));
  runs.draws.push(at("Complete") - at("Drawing"));
  await page.close();
}
await browser.close();
server.close();
console.log(`first visit until fitted with 200 draws: ${median(runs.opened)} ms`);
console.log(`540 rows, both losses, cold fit: ${median(runs.fit).toFixed(0)} ms; 200 paired draws: ${median(runs.draws).toFixed(0)} ms`);
