// What people and machines do to a page: nothing is lost, nothing is stuck. Denied and full storage: session.test.mjs.
import assert from "node:assert/strict";
import { complete, drop, IN_FIREFOX, loss, pageTest, region, setUp, slider, type, until } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const budgets = [0, ...Array.from({ length: 199 }, (_, i) => 1e8 * (i + 1))];
const long = csv(grid({ budgets })); // 3,000 rows: seconds of draws
const status = (page) => page.locator("#fit .status p").first().innerText();
const drawing = (page) => page.getByText(/^Drawing intervals: [1-9]/).waitFor();

pageTest(world, "a worker that dies in the middle of a fit is replaced", { skip: IN_FIREFOX && "Playwright reaches no workers of Firefox" }, async (page) => {
  await drop(page, "long.csv", long);
  await complete(page, "long.csv");
  const before = await loss(page, "Domain loss");
  await page.getByText("Objective and draws", { exact: true }).click();
  const seed = page.getByRole("textbox", { name: "Seed" });
  await type(seed, "2");
  await drawing(page);
  for (const worker of page.workers()) await worker.evaluate(() => self.close()).catch(() => {}); // it has no time to answer
  const during = await loss(page, "Domain loss");
  assert.equal(during.value, before.value, "the estimates stay in sight");
  // It says nothing more, so a person stops it.
  await page.getByRole("button", { name: "Cancel" }).click();
  await until("it is stopped", async () => /^Stopped/.test(await status(page)));
  await page.getByRole("button", { name: "Fit again" }).click();
  await complete(page, "long.csv");
  assert.equal((await loss(page, "Domain loss")).value, before.value);
});

pageTest(world, "a second file in the middle of a fit takes its place, whole", {}, async (page) => {
  await drop(page, "long.csv", long);
  await drawing(page);
  await drop(page, "short.csv", csv());
  await complete(page, "short.csv");
  const after = await loss(page, "Domain loss");
  // As if the first had never been there.
  await page.reload();
  await drop(page, "short.csv", csv());
  await complete(page, "short.csv");
  const alone = await loss(page, "Domain loss");
  assert.deepEqual([after.value, after.law], [alone.value, alone.law]);
});

pageTest(world, "fifty files at once are stacked, or refused in a sentence", {}, async (page) => {
  const rows = grid().map((row) => csv([row]));
  const dropAll = async (files) => {
    const dataTransfer = await page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const [name, text] of files) transfer.items.add(new File([text], name, { type: "text/csv" }));
      return transfer;
    }, files);
    await page.dispatchEvent("body", "dragenter", { dataTransfer });
    await page.dispatchEvent("body", "drop", { dataTransfer });
  };
  await dropAll(rows.slice(0, 50).map((text, at) => [`run-${at}.csv`, text]));
  await until("all fifty are open", async () => /50 rows/.test(await region(page, "Data").innerText()));
  await page.getByText(/^Complete: \d+ paired draws/).waitFor();
  assert.ok((await loss(page, "Domain loss")).value > 0);
  // Fifty that have nothing to do with each other: one sentence, and the earlier data stays.
  await dropAll(rows.slice(0, 50).map((_, at) => [`other-${at}.txt`, `column_${at};b_${at}\n1;2\n`]));
  await page.getByRole("alert").getByText(/can.t be read/).waitFor();
  assert.match(await region(page, "Data").innerText(), /50 rows/);
});

pageTest(world, "a minute's worth of slider moves leaves the memory flat", { skip: IN_FIREFOX && "Firefox tells nobody its heap" }, async (page) => {
  await complete(page);
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    // An answer that is still on its way has other elements than one that has come.
    await until("the answers have come", async () => (await page.locator("#decide .stale").count()) === 0);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const nodes = await page.evaluate(() => document.getElementsByTagName("*").length);
    return { usedSize, nodes };
  };
  // 3,600 moves, as many as there are frames in a minute, four a frame.
  const moves = (count) => slider(page, "Domain ratio").evaluate(async (input, count) => {
    for (let i = 0; i < count; i += 1) {
      input.value = String(Number(input.min) + ((i * 37) % 100) / 100 * (Number(input.max) - Number(input.min)));
      input.dispatchEvent(new Event("input", { bubbles: true }));
      if (i % 4 === 3) await new Promise((done) => requestAnimationFrame(done));
    }
  }, count);
  await moves(400);
  const before = await heap();
  page.setDefaultTimeout(120_000);
  await moves(3600);
  const after = await heap();
  console.log(`heap ${(before.usedSize / 1e6).toFixed(1)} MB, after 3,600 moves ${(after.usedSize / 1e6).toFixed(1)} MB`);
  assert.ok(after.usedSize < before.usedSize * 1.1 + 1e6, `the heap stays: ${before.usedSize} to ${after.usedSize} bytes`);
  assert.equal(after.nodes, before.nodes);
});

pageTest(world, "a fit goes on in a hidden tab and is there on return", { skip: IN_FIREFOX && "set by Chromium's own protocol" }, async (page) => {
  await drop(page, "long.csv", long);
  await drawing(page);
  const front = await page.context().newPage();
  await front.goto(`${world.url}assets/favicon.svg`);
  await front.bringToFront();
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  await until("the fit is complete behind", async () => /^Complete/.test(await page.evaluate(() => document.querySelector("#fit .status p").textContent)), 60_000);
  await page.bringToFront();
  await front.close();
  assert.match(await status(page), /^Complete: \d+ paired draws/);
  assert.ok((await loss(page, "General loss")).law);
});
