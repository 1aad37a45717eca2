// Words for who is new to them: the help with its examples, the tour, the sentence at a number's name.
import assert from "node:assert/strict";
import { accessible, pageTest, setUp, until } from "./support.mjs";

const world = setUp();
const heading = (page) => page.locator(".tour h2").innerText();

pageTest(world, "the help opens by keyboard, its examples move, and it gives the keyboard back", {}, async (page) => {
  const button = page.getByRole("button", { name: "Help", exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "What the words mean" });
  const example = dialog.getByRole("slider", { name: "Domain share, for the example" });
  await dialog.getByText("30 % of 10B tokens: 3B of the domain, 7B general.").waitFor();
  await example.press("ArrowRight");
  await dialog.getByText("31 % of 10B tokens: 3.1B of the domain, 6.9B general.").waitFor();
  assert.match(await example.getAttribute("aria-valuetext"), /^31 %/);
  await dialog.getByRole("slider", { name: "Number of runs, for the example" }).press("Home");
  await dialog.getByText("2 runs that scatter by 0.010: their mean is known to ± 0.0116.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((button) => document.activeElement === button));
});

pageTest(world, "the tour goes through four panels, back and forth, and is ended by Escape or at its end", {}, async (page) => {
  const start = async () => {
    await page.getByRole("button", { name: "Help", exact: true }).click();
    await page.getByRole("button", { name: "Take the tour: four steps" }).click();
    await page.getByText("Step 1 of 4").waitFor();
  };
  await start();
  const framed = () => page.evaluate(() => [...document.querySelectorAll(".toured")].map((panel) => panel.id).join());
  assert.equal(await framed(), "data");
  assert.ok(await page.evaluate(() => document.activeElement.closest(".tour") !== null), "the keyboard is in the tour");
  for (const [title, panel] of [["The law", "fit"], ["What if", "explore"], ["The recipe", "decide"]]) {
    await page.getByRole("button", { name: "Next", exact: true }).press("Enter");
    await until(`${title} is shown`, async () => (await heading(page)) === title);
    assert.equal(await framed(), panel);
  }
  await page.getByRole("button", { name: "Back", exact: true }).press("Enter");
  await until("a step back", async () => (await heading(page)) === "What if");
  await page.getByRole("button", { name: "Next", exact: true }).press("Enter");
  await page.getByRole("button", { name: "Done", exact: true }).press("Enter");
  await page.locator(".tour").waitFor({ state: "detached" });
  assert.equal(await framed(), "");
  await start();
  await page.keyboard.press("Escape");
  await page.locator(".tour").waitFor({ state: "detached" });
});

pageTest(world, "a number's name says what it means, on focus and on tap", {}, async (page) => {
  const bubble = page.locator(".bubble");
  const names = page.getByRole("region", { name: "General loss", exact: true });
  await names.getByRole("button", { name: "new run" }).focus();
  await bubble.getByText(/^Where a single new run would come out/).waitFor();
  await page.keyboard.press("Escape");
  await bubble.waitFor({ state: "hidden" });
  await page.getByRole("columnheader", { name: "R²" }).getByRole("button").click();
  await bubble.getByText(/^The share of the losses’ variance/).waitFor();
  const [box, width] = [await bubble.boundingBox(), page.viewportSize().width];
  assert.ok(box.x >= 0 && box.x + box.width <= width, "it lies inside the window");
});

for (const width of [1440, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    pageTest(world, `axe finds nothing in the help and the tour, ${width} px, ${colorScheme}`, { width, colorScheme }, async (page) => {
      await page.getByRole("button", { name: "Help", exact: true }).click();
      await page.getByRole("dialog", { name: "What the words mean" }).waitFor();
      await accessible(page, "the help");
      await page.getByRole("button", { name: "Take the tour: four steps" }).click();
      await page.getByText("Step 1 of 4").waitFor();
      await accessible(page, "the tour");
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scroll");
    });
  }
}
