// The fit's choices, its scores out of sample, laws compared, residuals, profiles; and the program's digits.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, complete, drop, field, offered, pageTest, region, setUp, type as typed, until, whole, zoomsAndMoves } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const ROOT = new URL("../..", import.meta.url).pathname;

const fit = (page) => region(page, "Fit");
const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const choice = (page, name) => fit(page).getByLabel(name, { exact: true });

async function openGrid(page, rows) {
  await drop(page, "grid.csv", csv(rows));
  await complete(page, "grid.csv");
}

/** A choice typed and taken. */
async function type(page, name, text) {
  await typed(choice(page, name), text);
}

/** Estimates as the table shows them, by the parameter's symbol. */
async function estimates(page) {
  return page.locator("table.parameters tbody tr:not(.note-row)").evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => [row.querySelector("th").textContent, row.querySelector("td.figure").textContent])));
}

/** Waits for the scores of this fit. */
async function scored(page) {
  await page.locator("table.quality .unseen").getByText("Each run").waitFor({ state: "attached" });
}

const FOLDS = ["Objective and draws", "Fix, bound or tie parameters"];
async function unfold(page, at) {
  await fit(page).getByText(FOLDS[at], { exact: true }).click();
}

pageTest(world, "objective, draws and level change the fit; a bad value is said at its field and the last one kept", {}, async (page) => {
  await openGrid(page);
  await unfold(page, 0);
  const before = await estimates(page);
  await choice(page, "Objective").selectOption("Least squares of loss");
  await until("other estimates", async () => Object.entries(await estimates(page)).some(([name, value]) => before[name] !== value));
  assert.ok(await choice(page, "Delta of Huber").isHidden(), "least squares has no delta");
  await type(page, "Draws", "60");
  await page.getByText("Complete: 60 paired draws, seed 1").waitFor();
  await type(page, "Seed", "7");
  await page.getByText("Complete: 60 paired draws, seed 7").waitFor();
  await type(page, "Draws", "many");
  await page.getByText("Type a whole number up to 20000. 60 is kept.").waitFor();
  assert.equal(await choice(page, "Draws").getAttribute("aria-invalid"), "true");
  await type(page, "Level of the intervals, %", "80");
  await page.getByRole("columnheader", { name: "80 % interval" }).waitFor();
  await page.getByText("Complete: 60 paired draws, seed 7").waitFor();
});

pageTest(world, "a fixed parameter stays, a bounded one keeps its bounds, a tied one equals the other", {}, async (page) => {
  await openGrid(page);
  await unfold(page, 0);
  await type(page, "Draws", "60");
  await page.getByText("Complete: 60 paired draws").waitFor();
  await unfold(page, 1);
  await choice(page, "β").selectOption("fixed at");
  await type(page, "β =", "0.25");
  await until("β is 0.250", async () => (await estimates(page))["β"] === "0.250");
  await page.getByText("fixed by you").waitFor();
  await choice(page, "Objective").selectOption("Least squares of log loss");
  await page.getByText("Complete: 60 paired draws").waitFor();
  assert.equal((await estimates(page))["β"], "0.250");
  await type(page, "β =", "99");
  await fit(page).getByText(/beta lies between 0.01 and 3: .* 0.25 is kept/).waitFor();
  await choice(page, "α").selectOption("between");
  await type(page, "α to", "3");
  await type(page, "α from", "0.6");
  await until("α at 0.6 or above", async () => Number((await estimates(page))["α"]) >= 0.599);
  await choice(page, "α").selectOption("equal to");
  await choice(page, "α = parameter").selectOption("β");
  await until("α is β", async () => (await estimates(page))["α"] === (await estimates(page))["β"]);
  await choice(page, "β").selectOption("free");
  await until("β is free and still α", async () => {
    const now = await estimates(page);
    return now["β"] !== "0.250" && now["α"] === now["β"];
  });
});

pageTest(world, "scores out of sample stand beside R² by themselves, in full in their tab", {}, async (page) => {
  await openGrid(page);
  await scored(page);
  const rows = await page.locator("table.quality .unseen tr").allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split("\t")[0]), ["Each size", "Thirds of tokens", "Pairs of ratios", "Each run", "Largest size", "Longest budget"]);
  for (const row of rows.slice(0, 4)) assert.match(row, /\t[\d.−]+\t[\d.]+ ± [\d.]+ %/);
  await tab(page, "Out of sample").click();
  await page.getByText(/On a run it has not seen the law is off by [\d.]+ ± [\d.]+ %/).waitFor();
  // Keys move between the tabs.
  await tab(page, "Out of sample").press("ArrowRight");
  await page.getByRole("button", { name: "Compare the laws" }).waitFor();
  assert.equal(await tab(page, "Laws compared").getAttribute("aria-selected"), "true");
});

pageTest(world, "a new file ends the scoring of the old one at once, and gets scores of its own", {}, async (page) => {
  const budgets = [0, ...Array.from({ length: 120 }, (_, i) => 2e8 * (i + 1))];
  const ratios = Array.from({ length: 11 }, (_, i) => i / 10);
  await drop(page, "long.csv", csv(grid({ budgets, ratios })));
  await page.locator("#data").getByText("long.csv").first().waitFor({ state: "attached" });
  await unfold(page, 0);
  // The page itself watches for the line: on a busy machine the scoring may be over before a look from outside.
  const scoring = page.evaluate(() => new Promise((seen) => {
    new MutationObserver(() => {
      const text = document.body.textContent;
      if (text.includes("Complete: 10 paired draws") && /Scoring out of sample: \d+ of \d+ fits/.test(text)) seen();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }));
  await type(page, "Draws", "10");
  await scoring;
  await drop(page, "grid.csv", csv());
  await page.locator("#data").getByText("grid.csv").first().waitFor({ state: "attached" });
  await complete(page, "grid.csv");
  await scored(page);
  const named = await page.locator("table.quality").innerText();
  assert.match(named, /75 fitted rows/, "the scores are of the file that is open");
});

pageTest(world, "scores and laws compared are those of the file that is open, whatever was open before", {}, async (page) => {
  const examined = async (page) => {
    await scored(page);
    const scores = await page.locator("table.quality .unseen").innerText();
    await tab(page, "Laws compared").click();
    await page.getByRole("button", { name: "Compare the laws" }).click();
    const table = page.getByRole("table", { name: /Least error on left-out runs first/ });
    await table.waitFor();
    return [scores, await table.innerText()];
  };
  // Two files with the same columns and losses, fitted with the same options: only their numbers differ.
  await drop(page, "first.csv", csv(grid({ ratios: [0, 0.2, 0.5, 1] })));
  await complete(page, "first.csv");
  await examined(page);
  await drop(page, "second.csv", csv());
  await complete(page, "second.csv");
  const after = await examined(page);
  const fresh = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  try {
    const other = await fresh.newPage();
    await other.goto(world.url);
    await whole(other);
    await drop(other, "second.csv", csv());
    await complete(other, "second.csv");
    assert.deepEqual(after, await examined(other));
  } finally {
    await fresh.close();
  }
});

pageTest(world, "scoring is cancelled and taken up again by its button", {}, async (page) => {
  const budgets = [0, ...Array.from({ length: 40 }, (_, i) => 5e8 * (i + 1))];
  await tab(page, "Out of sample").click();
  await drop(page, "long.csv", csv(grid({ budgets, ratios: Array.from({ length: 11 }, (_, i) => i / 10) })));
  await page.locator("#data").getByText("long.csv").first().waitFor({ state: "attached" });
  await unfold(page, 0);
  // The page itself watches for the bar: on a busy machine the scoring may be over before a word from outside gets in.
  await page.evaluate(() => {
    const watch = new MutationObserver(() => {
      const bar = document.querySelector('progress[aria-label="Score out of sample"]');
      if (!bar || !document.body.textContent.includes("Complete: 10 paired draws")) return;
      watch.disconnect();
      bar.parentElement.querySelector("button").click();
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await type(page, "Draws", "10");
  await page.getByText("Complete: 10 paired draws").waitFor();
  await page.getByRole("button", { name: "Score out of sample" }).click();
  await scored(page);
});

pageTest(world, "laws are compared on demand; the answers follow the what-if", {}, async (page) => {
  await openGrid(page);
  await tab(page, "Laws compared").click();
  await page.getByRole("button", { name: "Compare the laws" }).click();
  const table = page.getByRole("table", { name: /Least error on left-out runs first/ });
  await table.waitFor();
  const cells = () => table.getByRole("row").allInnerTexts();
  const before = await cells();
  assert.ok(before.length >= 4, `${before.length} rows`);
  assert.ok(before.some((row) => row.startsWith("D-CPT Law")) && before.some((row) => row.startsWith("Chinchilla")));
  assert.match(before[1], /law \d\.\d+–\d\.\d+/);
  assert.match(before[1], /law [\d.–]+\s+\d\.\d+–\d\.\d+/, "the law's range, then a new run's");
  await typed(field(page, "Token budget"), "3B");
  await until("answers at the other budget", async () => (await cells()).some((row, at) => row !== before[at]));
});

pageTest(world, "residuals, outliers, trade-offs and influence are shown with their numbers", {}, async (page) => {
  const rows = grid();
  rows[20].domain *= 1.2;
  await openGrid(page, rows);
  await tab(page, "Residuals").click();
  await page.getByRole("button", { name: "Examine the residuals" }).click();
  const panel = page.getByRole("tabpanel", { name: "Residuals" });
  await panel.getByRole("figure").first().waitFor();
  // Along size, ratio and tokens, their quantiles; the draws of four pairs of parameters.
  assert.equal(await panel.getByRole("figure").count(), 8);
  assert.equal(await panel.getByRole("figure").filter({ hasText: /^Draws of / }).count(), 4);
  // The cursor reads a row at a time, by keys and under a pointer.
  const chart = panel.getByRole("slider", { name: "Residuals along tokens" });
  await chart.press("End");
  const last = await chart.getAttribute("aria-valuetext");
  assert.match(last, /^Row \d+, .*: \d.* % (above|below) the law; .* tokens, .* domain$/);
  await chart.press("ArrowLeft");
  assert.notEqual(await chart.getAttribute("aria-valuetext"), last);
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  const under = await panel.getByRole("figure", { name: "Residuals along tokens" }).locator("figcaption").innerText();
  assert.match(under, /^Row \d+, /);
  await zoomsAndMoves(page, panel.getByRole("figure", { name: "Residuals along tokens" }), chart, "Home");
  await panel.getByText("Numbers", { exact: true }).first().click();
  await panel.getByRole("table", { name: /Mean residuals along/ }).waitFor();
  // The header is line 1, so the 21st row of numbers is line 22.
  await panel.getByRole("rowheader", { name: "Row 22", exact: true }).waitFor();
  await panel.getByRole("table", { name: /Rank correlation/ }).waitFor();
  await panel.getByText(/^Without .* the predicted domain loss at/).waitFor();
  await panel.getByText(/^Condition number/).waitFor();
});

pageTest(world, "a file without a general loss says so, and waits for no interval of it", {}, async (page) => {
  const lines = csv().trim().split("\n").map((line) => line.split(","));
  await drop(page, "domain.csv", lines.map((cells) => cells.filter((_, at) => lines[0][at] !== "general_loss").join(",")).join("\n"));
  await complete(page, "domain.csv");
  const said = await region(page, "General loss").innerText();
  assert.match(said, /not in this file/);
  assert.doesNotMatch(said, /no fit yet|drawing/);
  assert.match(await region(page, "Domain loss").innerText(), /law \d/);
});

pageTest(world, "a profile is drawn below its parameter", {}, async (page) => {
  await openGrid(page);
  await page.getByRole("button", { name: "Profile of alpha" }).click();
  await page.getByText(/^α = .* Profile interval at 90 %/).waitFor();
  await page.getByRole("figure", { name: /Profile of α/ }).waitFor();
});

// Not yet: an end of an interval differs by 1.3e-9 (general_loss, E, low: 1.6394545806634 on the page, 1.6394545786090
// natively, 2026-11-25). The test runs and says so; it holds the engine to 1e-9 once the draws are polished further or the
// two targets share one set of elementary functions.
pageTest(world, "the page's digits are the program's, every one", {}, async (page) => {
  const text = csv();
  await drop(page, "grid.csv", text);
  await complete(page, "grid.csv");
  await unfold(page, 0);
  await type(page, "Draws", "60");
  await page.getByText("Complete: 60 paired draws").waitFor();
  const mine = JSON.parse((await offered(page, () => page.getByRole("button", { name: "Save the fit as JSON" }).click())).text);
  const file = join(mkdtempSync(join(tmpdir(), "ratioscope-")), "grid.csv");
  writeFileSync(file, text);
  const printed = execFileSync("cargo", ["run", "--quiet", "--locked", "--bin", "ratioscope", "--", "fit", file, "--draws", "60", "--json"], { cwd: ROOT, maxBuffer: 1e9 });
  const native = JSON.parse(printed);
  let compared = 0;
  const same = (a, b, path) => {
    if (typeof a === "number" && typeof b === "number") {
      compared += 1;
      // Of the optimum and of every interval: src/maths.rs is the same source on both sides.
      assert.equal(a, b, path);
    } else if (a && typeof a === "object") {
      for (const key of Object.keys(a)) same(a[key], b?.[key], `${path}.${key}`);
    } else assert.equal(a, b, path);
  };
  for (const [name, target] of Object.entries(native.targets)) {
    for (const key of ["parameters", "objective", "r2", "mean_relative_error"]) same(mine.targets[name][key], target[key], `${name}.${key}`);
  }
  assert.ok(compared > 80, `${compared} numbers compared`);
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    pageTest(world, `axe finds nothing in what the fit is asked, ${width} px, ${colorScheme}`, { width, colorScheme }, async (page) => {
      if (width === 390) for (const id of ["data", "fit"]) await page.locator(`#${id} > details > summary`).click();
      await openGrid(page);
      for (const at of [0, 1]) await unfold(page, at);
      await choice(page, "β").selectOption("between");
      await type(page, "Draws", "many");
      await page.getByText("Type a whole number up to 20000.").waitFor();
      await complete(page);
      await scored(page);
      await page.getByRole("button", { name: "Profile of alpha" }).click();
      await page.getByRole("figure", { name: /Profile of α/ }).waitFor();
      await accessible(page, "choices and a profile");
      await tab(page, "Out of sample").click();
      await page.getByText(/On a run it has not seen/).waitFor();
      await accessible(page, "scores");
      await tab(page, "Laws compared").click();
      await page.getByRole("button", { name: "Compare the laws" }).click();
      await page.getByRole("table", { name: /Least error on left-out runs first/ }).waitFor();
      await accessible(page, "laws");
      await tab(page, "Residuals").click();
      await page.getByRole("button", { name: "Examine the residuals" }).click();
      await page.getByText(/^Condition number/).waitFor();
      await accessible(page, "residuals");
      const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
      assert.ok(scroll <= inner, `${scroll} px of content in ${inner}`);
    });
  }
}
