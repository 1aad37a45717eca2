// No task on the page's own thread takes over 50 ms while a file is read and fitted: a trace of Chromium says so.
//
// Judged by the thread's own time, on a desktop: neither another process nor a slow machine is the page's fault.
import assert from "node:assert/strict";
import { benchmarkIndex, noneLong } from "./pace.mjs";
import { complete, drop, IN_FIREFOX, pageTest, setUp, slider, until } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const LONG = 50; // ms; the web's own definition of a long task
const skip = IN_FIREFOX && "measured by Chromium's own trace";

/** Fails where a task of the page's own thread takes longer than that while something is done. */
async function neverLong(page, done) {
  const before = await benchmarkIndex(page);
  await world.browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline", "__metadata"] });
  let trace;
  try {
    await done();
  } finally {
    trace = JSON.parse((await world.browser.stopTracing()).toString());
  }
  // Machines are shared: what slowed this one meanwhile slows it before or after.
  noneLong(assert, trace, Math.min(before, await benchmarkIndex(page)), LONG);
}

pageTest(world, "reading, fitting and moving a slider never hold up the page for 50 ms", { skip }, async (page) => {
  const budgets = [0, ...Array.from({ length: 199 }, (_, i) => 1e8 * (i + 1))];
  const text = csv(grid({ budgets })); // 3,000 rows
  await neverLong(page, async () => {
    await drop(page, "traced.csv", text);
    await complete(page, "traced.csv");
    for (let i = 0; i < 10; i += 1) await slider(page, "Domain ratio").press("ArrowRight");
  });
});

pageTest(world, "making a link never holds up the page for 50 ms", { skip, timeout: 240_000 }, async (page) => {
  await drop(page, "traced.csv", csv());
  await complete(page, "traced.csv");
  await neverLong(page, async () => {
    await page.getByRole("banner").getByRole("button", { name: "Share", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Share this view" });
    await until("the link is made", async () => /view=\d+\./.test(await dialog.getByRole("textbox", { name: "Link" }).inputValue()), 120_000);
    await dialog.getByRole("img", { name: "QR code of the link" }).waitFor({ timeout: 120_000 });
    await dialog.getByText(/KB, packed into \d+ characters/).waitFor();
  });
});

for (const [name, title] of [["Tokens", "Loss against token budget"], ["Ratio map", "Loss over mixture ratio and token budget"]]) {
  pageTest(world, `opening, dragging and zooming ${name} never hold up the page for 50 ms`, { skip }, async (page) => {
    const budgets = [0, ...Array.from({ length: 199 }, (_, i) => 1e8 * (i + 1))];
    await drop(page, "traced.csv", csv(grid({ budgets })));
    await complete(page, "traced.csv");
    await neverLong(page, async () => {
      await page.getByRole("tab", { name, exact: true }).click();
      const plot = page.getByRole("slider", { name: `${title}: cursor` });
      const box = await plot.boundingBox();
      await page.mouse.move(box.x + box.width * 0.3, box.y + 80);
      await page.mouse.down();
      for (let step = 0; step < 20; step += 1) await page.mouse.move(box.x + box.width * (0.3 + 0.02 * step), box.y + 80 + step);
      await page.mouse.up();
      for (let step = 0; step < 5; step += 1) await plot.press("+");
      for (let step = 0; step < 10; step += 1) await slider(page, "Model size").press("ArrowRight");
    });
  });
}
