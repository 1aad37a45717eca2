// Pictures of the page, to be looked at: `node tests/browser/shots.mjs [FOLDER]` (script/shots builds first).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../../tools/serve.mjs";
import { complete, drop, launch } from "./support.mjs";
import { messy } from "./tables.mjs";

const folder = process.argv[2] ?? "tests/browser/results";
mkdirSync(folder, { recursive: true });
const server = await serve("dist", { path: "/some/sub/path/" });
const browser = await launch();
for (const [name, width, height] of [["wide", 1440, 900], ["middle", 1024, 800], ["narrow", 390, 844]]) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor: name === "narrow" ? 2 : 1 });
    const page = await context.newPage();
    const shoot = (state, fullPage = false) => page.screenshot({ path: join(folder, `${name}-${colorScheme}-${state}.png`), fullPage });
    await page.goto(server.url);
    await complete(page);
    await shoot("open");
    await shoot("open-whole", true);
    await drop(page, "messy.csv", messy().text);
    await complete(page, "messy.csv");
    await shoot("own-whole", true);
    if (name === "narrow") await page.locator("#data > details > summary").click();
    await page.locator("#example").selectOption("generated-grid");
    await complete(page, "generated-grid.csv");
    await page.locator("#decide").getByText(/% domain$/).first().waitFor();
    for (const tab of ["Size", "Tokens", "Ratio map", "Size map", "Ratio"]) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.locator("#chart-panel").scrollIntoViewIfNeeded();
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await shoot(tab.toLowerCase().replace(" ", "-"));
    }
    await page.getByRole("button", { name: "Pin this what-if" }).click();
    await page.locator("#decide details.ask").evaluateAll((rows) => rows.forEach((row) => { row.open = true; }));
    await page.getByLabel("Domain tokens that exist").fill("5B");
    await page.getByLabel("Each may be seen, times").fill("4");
    await page.getByLabel("Each may be seen, times").press("Enter");
    await page.getByRole("region", { name: "Pass by pass" }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("#decide .stale").length === 0);
    await shoot("decide-whole", true);
    await drop(page, "empty.csv", "");
    await page.getByRole("alert").waitFor();
    await shoot("bad-file");
    await context.close();
  }
}
// Forced colours, and 200 % zoom of a wide window: half its width in CSS pixels.
for (const [name, options] of [
  ["forced", { viewport: { width: 1440, height: 900 }, forcedColors: "active", colorScheme: "dark" }],
  ["zoomed", { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }],
]) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(server.url);
  await complete(page);
  await page.screenshot({ path: join(folder, `${name}-open-whole.png`), fullPage: true });
}
await browser.close();
server.close();
console.log(folder);
