// Widths, themes, accessibility: what holds whatever the numbers are.
import assert from "node:assert/strict";
import { accessible, drop, complete, pageTest, region, setUp, slider, until } from "./support.mjs";
import { messy } from "./tables.mjs";

const world = setUp();

for (const width of [390, 320]) {
  pageTest(world, `${width} px: no sideways scroll, the losses stay in sight`, { width, height: 780 }, async (page) => {
    const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
    assert.ok(scroll <= inner, `${scroll} px of content in ${inner}`);
    await slider(page, "Token budget").scrollIntoViewIfNeeded();
    for (const name of ["General loss", "Domain loss"]) {
      const box = await region(page, name).boundingBox();
      assert.ok(box.y >= -1 && box.y + box.height <= 781, `${name} at ${JSON.stringify(box)}`);
    }
    const cover = await region(page, "Domain loss").boundingBox();
    const control = await slider(page, "Token budget").boundingBox();
    assert.ok(control.y >= cover.y + cover.height - 1, "the losses do not lie on the slider");
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    pageTest(world, `axe finds nothing, ${width} px, ${colorScheme}`, { width, colorScheme }, async (page) => {
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
      assert.equal(paper[0] < 128, colorScheme === "dark", `background ${paper}`);
      await accessible(page, "opened");
      if (width === 390) for (const id of ["data", "fit"]) await page.locator(`#${id} > details > summary`).click();
      await drop(page, "messy.csv", messy().text);
      await complete(page, "messy.csv");
      await accessible(page, "own file with problems, every panel open");
      await drop(page, "empty.csv", "");
      await page.getByRole("alert").waitFor();
      await accessible(page, "alert");
    });
  }
}

pageTest(world, "a chart takes the colours of the theme that is chosen", {}, async (page) => {
  await complete(page);
  const drawn = () => page.locator(".loss-chart canvas").first().evaluate((canvas) => canvas.toDataURL());
  const light = await drawn();
  const theme = page.getByRole("button", { name: /^Theme/ });
  await until("the dark theme", async () => {
    await theme.click();
    return (await page.locator("html").getAttribute("data-theme")) === "dark";
  });
  await until("the chart is drawn anew", async () => (await drawn()) !== light);
});
