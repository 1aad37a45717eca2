// The choice of law: what a file lacks for the others, each law that suits it, a law of one's own and its mistakes.
import assert from "node:assert/strict";
import { accessible, complete, drop, pageTest, region, setUp, type, until } from "./support.mjs";
import { csv } from "./tables.mjs";

const world = setUp();
const fit = (page) => region(page, "Fit");
const menu = (page) => fit(page).getByLabel("Law", { exact: true });

async function openGrid(page) {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
}

/** Symbols of the parameters in the table. */
async function symbols(page) {
  return page.locator("table.parameters tbody tr:not(.note-row) th").allTextContents();
}

pageTest(world, "every law that suits the file is fitted from the menu, and what the others lack is said", {}, async (page) => {
  await openGrid(page);
  const suits = await menu(page).locator("optgroup").first().locator("option").evaluateAll((all) =>
    all.map((option) => [option.value, Number(option.textContent.match(/\((\d+) parameters\)/)[1])]));
  assert.ok(suits.length >= 5, JSON.stringify(suits));
  for (const [id, count] of suits) {
    await menu(page).selectOption(id);
    await until(`${id} fitted`, async () => (await symbols(page)).length === count);
  }
  await fit(page).getByText("What other laws lack here", { exact: true }).click();
  await fit(page).getByText("Cross-lingual CPT needs runs from scratch and continued ones", { exact: false }).waitFor();
  await menu(page).selectOption("data-mixing");
  await fit(page).getByText("needs runs of one model size", { exact: false }).first().waitFor();
  await accessible(page);
});

pageTest(world, "a law of one's own: a mistake is marked at its character, a formula is fitted and compared", {}, async (page) => {
  await openGrid(page);
  await menu(page).selectOption("own");
  const field = fit(page).getByLabel("Formula of the loss");
  assert.equal(await field.inputValue(), "E + A/N^alpha + B*r^eta/D^beta + C/(r + eps)^gamma");
  await type(field, "E + A N^alpha");
  await fit(page).getByText("Character 7: An operator is missing here", { exact: false }).waitFor();
  assert.equal(await fit(page).locator(".own-law mark").textContent(), "N");
  assert.deepEqual(await field.evaluate((input) => [input.selectionStart, input.selectionEnd]), [6, 7]);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  await accessible(page);
  await type(field, "E + A/N^alpha + K*exp(-t*r) + B/D^beta");
  await until("the typed law's parameters", async () => (await symbols(page)).join(" ") === "E A α K t B β");
  await until("no mistake", async () => (await fit(page).locator(".own-law .wrong").count()) === 0);
  await page.getByText("Complete:", { exact: false }).first().waitFor();
  await menu(page).selectOption("d-cpt");
  await until("the D-CPT Law again", async () => (await symbols(page)).length === 9);
  assert.equal(await field.count(), 0, "the field is gone");
});
