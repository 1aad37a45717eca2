// From the first screen to the whole page: what was done is taken over, and until then the first screen works by itself.
import assert from "node:assert/strict";
import { complete, drop, field, loss, pageTest, region, setUp, slider, standing, type, until, whole } from "./support.mjs";
import { csv } from "./tables.mjs";

const world = setUp();

/** Opens the page with the whole page's module held back until the answer is called. */
async function held(page) {
  let release;
  const gate = new Promise((done) => (release = done));
  await page.route(/workbench-.*\.wasm$/, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(world.url);
  await standing(page);
  return release;
}

pageTest(world, "what was moved on the first screen stays, with the keyboard where it was", { opened: false }, async (page) => {
  const release = await held(page);
  assert.equal(await page.locator("html[data-whole]").count(), 0, "the whole page is not there yet");
  const before = await loss(page, "Domain loss");
  await type(field(page, "Domain ratio"), "20 %");
  await until("the first screen's sliders work", async () => (await loss(page, "Domain loss")).value !== before.value);
  const moved = await loss(page, "Domain loss");
  await slider(page, "Token budget").focus();
  release();
  await whole(page);
  await region(page, "Decide").waitFor();
  assert.equal((await loss(page, "Domain loss")).value, moved.value);
  assert.match(await field(page, "Domain ratio").inputValue(), /^20/);
  assert.ok(await slider(page, "Token budget").evaluate((input) => input === document.activeElement), "the focus stays");
  await complete(page);
});

pageTest(world, "a file dropped on the first screen is the whole page's", { opened: false }, async (page) => {
  const release = await held(page);
  await drop(page, "early.csv", csv());
  await page.locator("#data").getByText("early.csv").first().waitFor({ state: "attached" });
  release();
  await whole(page);
  await complete(page, "early.csv");
  assert.match(await region(page, "Data").innerText(), /90 rows/);
});

pageTest(world, "a file dropped while the whole page takes over is the whole page's", { opened: false }, async (page) => {
  const release = await held(page);
  // As soon as the whole page has asked what there is, before it stands.
  await page.evaluate((text) => addEventListener("ratioscope-hand-over", () => {
    const data = new DataTransfer();
    data.items.add(new File([text], "late.csv"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  }, { once: true }), csv());
  release();
  await whole(page);
  await complete(page, "late.csv");
});

pageTest(world, "while the whole page is on its way the first screen opens and fits files", { opened: false }, async (page) => {
  const release = await held(page);
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  assert.ok((await loss(page, "Domain loss")).law);
  release();
});

for (const [width, height] of [[1440, 900], [390, 844], [320, 700]]) {
  pageTest(world, `nothing moves when the whole page takes over, ${width} px`, { opened: false, width, height }, async (page) => {
    const release = await held(page);
    const places = () => page.evaluate(() => Object.fromEntries(
      ["#explore .readout", "#explore .plot", "#explore figcaption", "#explore .sliders h3"].map((name) => {
        const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
        return [name, [x, y + scrollY, width, height].map(Math.round)];
      }),
    ));
    await page.evaluate(() => document.fonts.ready);
    const before = await places();
    release();
    await whole(page);
    await complete(page);
    assert.deepEqual(await places(), before);
  });
}
