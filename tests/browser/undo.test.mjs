// Undo and redo: whatever is chosen is a step, a gesture is one step, by mouse and by keyboard.
import assert from "node:assert/strict";
import { complete, drop, field, loss, pageTest, region, setUp, slider, until } from "./support.mjs";
import { csv } from "./tables.mjs";

const world = setUp();
const button = (page, name) => page.getByRole("banner").getByRole("button", { name, exact: true });
const ratio = (page) => field(page, "Domain ratio").inputValue();
const said = (page, text) => page.getByRole("status").filter({ hasText: text }).waitFor();
const can = async (page, name) => (await button(page, name).getAttribute("aria-disabled")) === null;

/** Drags a slider's thumb through several places, as a finger does. */
async function drag(page, label, parts) {
  const box = await slider(page, label).boundingBox();
  const x = (part) => box.x + 8 + part * (box.width - 16);
  const now = Number(await slider(page, label).inputValue()) / Number(await slider(page, label).getAttribute("max"));
  await page.mouse.move(x(now), box.y + box.height / 2);
  await page.mouse.down();
  for (const part of parts) await page.mouse.move(x(part), box.y + box.height / 2, { steps: 6 });
  await page.mouse.up();
}

pageTest(world, "a drag is one step back and one forward, and says what it was", {}, async (page) => {
  assert.equal(await can(page, "Undo"), false, "nothing is done yet");
  const start = await ratio(page);
  const before = await loss(page, "Domain loss");
  await drag(page, "Domain ratio", [0.2, 0.6, 0.8]);
  const first = await ratio(page);
  await drag(page, "Domain ratio", [0.4]);
  const second = await ratio(page);
  assert.ok(start !== first && first !== second);
  await until("there is a step", () => can(page, "Undo"));
  await button(page, "Undo").click();
  await until("back by one drag", async () => (await ratio(page)) === first);
  await button(page, "Undo").click();
  await until("back at the start", async () => (await ratio(page)) === start);
  assert.equal((await loss(page, "Domain loss")).value, before.value);
  assert.equal(await can(page, "Undo"), false);
  await button(page, "Redo").click();
  await button(page, "Redo").click();
  await until("forward again", async () => (await ratio(page)) === second);
  await said(page, "Done again: domain ratio.");
  assert.equal(await can(page, "Redo"), false);
});

pageTest(world, "by keyboard: a run of arrow keys is one step; a field keeps its own undo", {}, async (page) => {
  const start = await ratio(page);
  await slider(page, "Domain ratio").focus();
  for (let k = 0; k < 5; k++) await page.keyboard.press("ArrowRight");
  const moved = await ratio(page);
  assert.notEqual(moved, start);
  await until("there is a step", () => can(page, "Undo"));
  await page.keyboard.press("Control+z");
  await until("back", async () => (await ratio(page)) === start);
  await said(page, "Undone: ");
  await page.keyboard.press("Control+Shift+Z");
  await until("forward", async () => (await ratio(page)) === moved);
  await page.keyboard.press("Meta+z");
  await until("back by Cmd", async () => (await ratio(page)) === start);
  await page.keyboard.press("Control+y");
  await until("forward by Ctrl+Y", async () => (await ratio(page)) === moved);
  // In a field that is being written the browser's own undo works on the text.
  await field(page, "Model size").click();
  await page.keyboard.type("7");
  await page.keyboard.press("Control+z");
  assert.equal(await ratio(page), moved, "the page's own steps stay");
  await page.keyboard.press("Escape");
  // The button keeps the keyboard when it has taken back the last step.
  await button(page, "Undo").focus();
  await page.keyboard.press("Enter");
  await until("back by the button", async () => (await ratio(page)) === start);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Undo");
  await page.keyboard.press("Enter");
  await said(page, "Nothing to undo.");
});

pageTest(world, "rows left out, roles, law, pins and the theme are steps", { timeout: 240_000 }, async (page) => {
  await drop(page, "steps.csv", csv());
  await complete(page, "steps.csv");
  const rows = async () => /of 90 rows used/.test(await region(page, "Data").innerText());
  await region(page, "Data").getByRole("button", { name: "Columns and rows…" }).click();
  const sheet = page.getByRole("dialog", { name: /^Columns and rows of/ });
  await sheet.getByRole("button", { name: "Leave out row 3", exact: true }).click();
  await until("a row is left out", rows);
  // The shortcut works while the sheet covers the buttons.
  await sheet.getByRole("button", { name: "Done" }).focus();
  await page.keyboard.press("Control+z");
  await until("the row is back", async () => !(await rows()));
  await page.keyboard.press("Control+Shift+Z");
  await until("and out again", rows);
  await sheet.getByRole("button", { name: "Done" }).click();

  const law = page.getByRole("combobox", { name: "Law" });
  const picked = await law.inputValue();
  await law.selectOption("chinchilla");
  await region(page, "Explore").getByRole("button", { name: /^Pin/ }).click();
  const theme = page.getByRole("button", { name: /^Theme/ });
  await theme.click();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");

  await button(page, "Undo").click();
  await said(page, "Undone: theme.");
  assert.equal(await page.locator("html").getAttribute("data-theme"), null);
  await button(page, "Undo").click();
  await said(page, "Undone: pin.");
  await button(page, "Undo").click();
  await said(page, "Undone: law.");
  await until("the law is back", async () => (await law.inputValue()) === picked);
  await button(page, "Undo").click();
  await said(page, "Undone: row left out.");
  await until("every row is back", async () => !(await rows()));
  // The file itself: back to the example, and forward to the file.
  await button(page, "Undo").click();
  await said(page, "Undone: opening steps.csv.");
  await complete(page, "tiny-cpt.csv");
  await button(page, "Redo").click();
  await complete(page, "steps.csv");
  await until("with all its steps", () => can(page, "Redo"));
  for (let k = 0; k < 4; k++) await button(page, "Redo").click();
  await until("the last step", async () => !(await can(page, "Redo")));
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await until("the row is out", rows);
});
