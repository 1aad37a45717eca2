// Times the page in Chromium: `node tests/browser/measure.mjs FOLDER`. Prints medians of seven, of fourteen for the first visit; of a cancel also the longest; of five for a link.
//
// The clock is the page's own (performance.now), read where the status line changes: from dropping a file of 540 rows
// (design: "one cold D-CPT fit") to the first estimates, and from these to the last of the draws.
import { serve } from "../../tools/serve.mjs";
import { complete, drop, launch, standing } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const folder = process.argv[2] ?? "dist";
const ratios = [0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1];
const budgets = Array.from({ length: 20 }, (_, i) => 1e9 * (i + 1));
const text = csv(grid({ ratios, budgets })); // 3 sizes × 9 ratios × 20 checkpoints = 540 rows

// The same rows with the domain loss alone: the bar is for one fit.
const column = text.split("\n")[0].split(",").indexOf("general_loss");
const one = text.split("\n").map((line) => line.split(",").filter((_, at) => at !== column).join(",")).join("\n");

const server = await serve(folder, { path: "/some/sub/path/" });
const browser = await launch();
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const runs = { opened: [], one: [], oneDraws: [], fit: [], draws: [] };
for (let run = 0; run < 14; run += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const start = Date.now();
  await page.goto(server.url);
  await standing(page);
  runs.opened.push(Date.now() - start);
  // The worker's module follows the first screen and goes on drawing; what is timed next is neither.
  await complete(page);
  await page.evaluate(() => {
    window.seen = [];
    const look = () => {
      const line = document.querySelector("#fit .status p")?.textContent ?? "";
      const stage = line.replace(/[:\d].*/, "");
      if (window.seen.at(-1)?.stage !== stage) window.seen.push({ stage, at: performance.now() });
    };
    new MutationObserver(look).observe(document.querySelector("#fit"), { subtree: true, childList: true, characterData: true });
  });
  await page.evaluate(() => (window.seen = []));
  // One file a page: a page that has fitted before has its code compiled further.
  await drop(page, "cold.csv", run % 2 ? one : text);
  await complete(page, "cold.csv");
  const seen = await page.evaluate(() => window.seen);
  const at = (stage) => seen.find((each) => each.stage.startsWith(stage))?.at;
  const fit = at("Drawing") - at("Looking");
  if (run % 2) {
    runs.one.push(fit);
    runs.oneDraws.push(at("Complete") - at("Drawing"));
  } else {
    runs.fit.push(fit);
    runs.draws.push(at("Complete") - at("Drawing"));
    runs.number = Number((await page.getByText(/^Complete: \d+ paired draws/).innerText()).match(/\d+/)[0]);
  }
  await page.close();
}
// From the click on Cancel while draws are made to the line that says how many there are.
const cancels = [];
for (let run = 0; run < 7; run += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  await complete(page);
  await drop(page, "long.csv", csv(grid({ ratios, budgets: Array.from({ length: 80 }, (_, i) => 1e9 * (i + 1)) })));
  const button = page.getByRole("region", { name: "Fit" }).getByRole("button", { name: "Cancel" });
  await button.waitFor();
  cancels.push(
    await button.evaluate((button) => new Promise((done) => {
      const line = () => document.querySelector("#fit .status p")?.textContent ?? "";
      const start = performance.now();
      new MutationObserver(() => /^Stopped/.test(line()) && done(performance.now() - start)).observe(document.querySelector("#fit"), { subtree: true, childList: true, characterData: true });
      button.click();
    })),
  );
  await page.close();
}
// From the click on Share to the link, on the file of 540 rows with its 1,000 draws; each on a page of its own, as a page
// keeps what it made.
const links = [];
for (let run = 0; run < 5; run += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  await complete(page);
  await drop(page, "linked.csv", text);
  await complete(page, "linked.csv");
  const button = page.getByRole("banner").getByRole("button", { name: "Share", exact: true });
  links.push(
    await button.evaluate((button) => new Promise((done) => {
      const link = () => [...document.querySelectorAll("dialog input, dialog textarea")].find((field) => /view=\d+\./.test(field.value));
      const start = performance.now();
      const look = () => (link() ? done(performance.now() - start) : requestAnimationFrame(look));
      button.click();
      look();
    })),
  );
  await page.close();
}
await browser.close();
server.close();
console.log(`from Share to the link, 540 rows, 1,000 draws of both losses: ${(median(links) / 1000).toFixed(1)} s`);
console.log(`a cancel while draws are made: ${median(cancels).toFixed(0)} ms, at most ${Math.max(...cancels).toFixed(0)} ms of 7`);
console.log(`first visit until the fitted example stands: ${median(runs.opened)} ms`);
console.log(`540 rows, cold fit of one loss: ${median(runs.one).toFixed(0)} ms, of both: ${median(runs.fit).toFixed(0)} ms; ${runs.number} draws of one: ${median(runs.oneDraws).toFixed(0)} ms, of both: ${median(runs.draws).toFixed(0)} ms`);
