// Mixtures of several corpora: the law that is picked, what leads to the ratio of one domain and back, links, and what is
// taken away.
import assert from "node:assert/strict";
import { accessible, complete, drop, field, offered, pageTest, region, setUp, slider, until, whole } from "./support.mjs";
import { mixtures } from "./tables.mjs";

const world = setUp();
const THREE = ["web", "books", "code"];
const SEVEN = ["arxiv", "book", "c4", "github", "commoncrawl", "stackexchange", "wikipedia"];
const law = (page) => region(page, "Fit").getByLabel("Law", { exact: true });
const sheet = (page) => page.getByRole("dialog", { name: /Columns and rows/ });
const box = (page, name) => sheet(page).getByRole("group", { name: /which corpora are the domain/ }).getByRole("checkbox", { name: new RegExp(`^${name}`) });
const undo = (page) => page.getByRole("button", { name: "Undo" }).click();

const row = (page, title) => page.locator("#decide details.ask").filter({ has: page.locator(`[role=group][aria-label="${title}"]`) });

async function open(page, title) {
  await row(page, title).locator("> summary").focus();
  await page.keyboard.press("Enter");
  return row(page, title);
}

/** The law of all corpora is in use: a slider a corpus, and every loss. */
async function mixed(page, names) {
  await slider(page, names[0]).waitFor();
  const losses = region(page, "Every loss at this mixture, in nats per token");
  for (const name of names) await losses.getByRole("rowheader", { name: `${name}_loss`, exact: true }).waitFor();
  assert.equal(await losses.getByRole("rowheader").count(), names.length);
}

/** A law of one ratio is in use. */
const ofRatio = (page) => slider(page, "Domain ratio").waitFor();

pageTest(world, "a file of mixtures opens under the law of all corpora, and says how to choose a domain", { timeout: 240_000 }, async (page) => {
  for (const [name, names] of [["seven.csv", SEVEN], ["three.csv", THREE]]) {
    await drop(page, name, mixtures(names));
    await complete(page, name);
    await mixed(page, names);
    assert.equal(await law(page).inputValue(), `data-mixing-${names.length}`);
    await region(page, "Fit").getByText("Picked as no corpus is said to be the domain", { exact: false }).waitFor();
    const data = (await region(page, "Data").innerText()).replace(/\s+/g, " ");
    assert.match(data, new RegExp(`${24 + 8 * names.length} mixtures of ${names.length} corpora`));
    assert.match(data, /1 thing to check.*a law of all of them takes it as it is/);
    assert.doesNotMatch(data, /is missing|No general loss|domain ratios/, "nothing is missing");
  }
});

pageTest(world, "a domain that is ticked leads to its ratio, none to the whole mixture; the menu and undo lead back", { timeout: 240_000 }, async (page) => {
  await drop(page, "three.csv", mixtures(THREE));
  await complete(page, "three.csv");
  await mixed(page, THREE);
  await page.getByRole("button", { name: "Columns and rows…" }).click();
  for (const name of THREE) assert.equal(await box(page, name).isChecked(), false, `${name} is no domain`);
  await sheet(page).getByText("None is: one law takes the shares of all of them", { exact: false }).waitFor();
  await accessible(page, "the sheet of a mixture");
  await box(page, "code").focus();
  await page.keyboard.press("Space");
  await until("code is the domain", async () => box(page, "code").isChecked());
  await sheet(page).getByText("With none picked, one law takes the shares", { exact: false }).waitFor();
  await sheet(page).getByRole("button", { name: "Done" }).click();
  await ofRatio(page);
  await complete(page);
  assert.notEqual(await law(page).inputValue(), "data-mixing-3");
  const trade = await open(page, "Trade-off");
  await until("a question about the ratio is answered", async () => !/asks it/.test(await trade.locator(".answer").innerText()) && (await trade.locator(".answer").innerText()).length > 0);
  await undo(page);
  await mixed(page, THREE);
  await page.getByRole("button", { name: "Redo" }).click();
  await ofRatio(page);

  // By the menu to the law of all corpora, which takes every loss, and to one of a ratio.
  await law(page).selectOption("data-mixing-3");
  await mixed(page, THREE);
  await law(page).selectOption("data-mixing");
  await ofRatio(page);
  await law(page).selectOption("data-mixing-3");
  await mixed(page, THREE);

  // Another corpus beside it: a domain is said, so the law of all corpora goes, whoever chose it.
  await page.getByRole("button", { name: "Columns and rows…" }).click();
  await box(page, "books").click();
  await until("two corpora are the domain", async () => (await box(page, "books").isChecked()) && (await box(page, "code").isChecked()));
  await sheet(page).getByRole("button", { name: "Done" }).click();
  await ofRatio(page);
  await page.getByRole("button", { name: "Columns and rows…" }).click();
  await box(page, "books").click();
  await until("one is", async () => !(await box(page, "books").isChecked()));
  await box(page, "code").click();
  await sheet(page).getByText("None is: one law takes", { exact: false }).waitFor();
  await sheet(page).getByRole("button", { name: "Done" }).click();
  await mixed(page, THREE);
  assert.equal(await law(page).inputValue(), "data-mixing-3");
});

/** Opens the link that the dialog makes, in a tab of its own. */
async function linked(page, withData, body) {
  await page.getByRole("banner").getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share this view" });
  const text = dialog.getByRole("textbox", { name: "Link" });
  await until("the link is made", async () => /view=\d+\./.test(await text.inputValue()), 120_000);
  if (withData) {
    const before = await text.inputValue();
    await dialog.getByRole("checkbox", { name: /data/i }).first().click();
    await until("with the data", async () => (await text.inputValue()) !== before && /view=\d+\./.test(await text.inputValue()), 120_000);
  }
  const address = await text.inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  const fresh = await page.context().newPage();
  await fresh.goto(address);
  await whole(fresh);
  await body(fresh);
  await fresh.close();
}

pageTest(world, "a link opens a mixture as a mixture and a ratio as a ratio", { timeout: 400_000 }, async (page) => {
  const losses = async (on) => (await region(on, "Every loss at this mixture, in nats per token").innerText()).replace(/\s+/g, " ");
  await drop(page, "three.csv", mixtures(THREE));
  await complete(page, "three.csv");
  await mixed(page, THREE);
  const here = await losses(page);
  for (const withData of [true, false]) {
    await linked(page, withData, async (fresh) => {
      await slider(fresh, "web").waitFor();
      for (const name of THREE) assert.equal(await field(fresh, name).inputValue(), await field(page, name).inputValue());
      if (withData) {
        await complete(fresh);
        await until("the same losses", async () => (await losses(fresh)) === here);
        // What is chosen there needs the file again: it came along.
        await law(fresh).selectOption("data-mixing");
        await ofRatio(fresh);
        await undo(fresh);
        await mixed(fresh, THREE);
      }
    });
  }
  await law(page).selectOption("data-mixing");
  await ofRatio(page);
  await complete(page);
  await linked(page, true, ofRatio);
});

pageTest(world, "the picture of a mixture is saved as SVG and PNG and stands in the report", { timeout: 240_000 }, async (page) => {
  const save = async (button) => (await offered(page, () => button.press("Enter"))).bytes;
  for (const [name, names, words] of [
    ["three.csv", THREE, ["code_loss, nats per token", "this mixture", "the best one", "the best of a draw", "measured", ...THREE]],
    ["seven.csv", SEVEN, ["Shares of the mixture", "this mixture", "the best one", "its interval", "measured shares", ...SEVEN]],
  ]) {
    await drop(page, name, mixtures(names));
    await complete(page, name);
    await mixed(page, names);
    if (names === THREE) await region(page, "Data").getByLabel("Loss shown").selectOption("code_loss");
    const panel = await open(page, "Mixture of several corpora");
    await until("the best mixture", async () => /The least mean loss/.test(await panel.locator(".answer").innerText()));
    const explore = region(page, "Explore");
    const taking = await open(page, "Take it away");
    const png = (bytes) => [bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    for (const place of [explore.getByRole("button", { name: "Save as SVG", exact: true }), taking.getByRole("button", { name: "Chart, SVG", exact: true })]) {
      const svg = (await save(place)).toString();
      for (const word of words) assert.ok(svg.includes(`>${word}<`), `${word} in the picture of ${name}`);
      assert.doesNotMatch(svg, /NaN|Infinity/);
    }
    for (const place of [explore.getByRole("button", { name: "Save as PNG", exact: true }), taking.getByRole("button", { name: "Chart, PNG", exact: true })]) {
      const [format, width, height] = png(await save(place));
      assert.equal(format, "PNG");
      assert.equal(width, 2 * 760);
      assert.ok(height > 2 * 200, `${height}`);
    }
    const report = (await save(taking.getByRole("button", { name: "Report to print", exact: true }))).toString();
    assert.match(report, /<figure><svg/);
    for (const word of words) assert.ok(report.includes(`>${word}<`), `${word} in the report of ${name}`);
    // The rows below are closed again for the next file.
    for (const title of ["Mixture of several corpora", "Take it away"]) await row(page, title).locator("> summary").click();
  }
});
