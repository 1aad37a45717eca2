// The catalogue on the page: every law on a file that suits it, printed laws without a file, continued or from scratch,
// mixtures of several corpora. Numbers are the program's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { accessible, complete, drop, field, offered, pageTest, records, region, setUp, slider, type, until, whole } from "./support.mjs";
import { bothKinds, csv, grid, mixtures, oneBudget, repeated, rising, scores } from "./tables.mjs";

const world = setUp();
const ROOT = new URL("../..", import.meta.url).pathname;
const REGMIX = join(process.env.RATIOSCOPE_DATA ?? join(ROOT, "../shared/data"), "regmix");
let folder;

/** Runs the native program, built with the profile of the tests. */
function program(...asked) {
  return execFileSync(join(ROOT, "target/debug/ratioscope"), asked, { encoding: "utf8", maxBuffer: 1e8 });
}

before(() => {
  execFileSync("cargo", ["build", "--locked", "--quiet", "--profile", "test", "--bin", "ratioscope"], { cwd: ROOT, stdio: "inherit" });
  folder = mkdtempSync(join(tmpdir(), "ratioscope-"));
});
after(() => folder && rmSync(folder, { recursive: true }));

const fit = (page) => region(page, "Fit");
const law = (page) => fit(page).getByLabel("Law", { exact: true });
const examples = (page) => page.getByLabel("Example", { exact: true });
const decide = (page) => page.locator("#decide");
const row = (page, title) => decide(page).locator("details.ask").filter({ has: page.locator(`[role=group][aria-label="${title}"]`) });
const plain = (text) => text.replace(/\s+/g, " ").replaceAll("−", "-").trim();

/** Opens a row by keyboard. */
async function open(page, title) {
  await row(page, title).locator("> summary").focus();
  await page.keyboard.press("Enter");
  await row(page, title).getByRole("group", { name: title, exact: true }).waitFor();
  return row(page, title);
}

/** Picks an option of a menu by keyboard: its first letters select it. */
async function pick(page, menu, value) {
  const at = await menu.evaluate((select, value) => [...select.options].findIndex((option) => option.value === value), value);
  assert.ok(at >= 0, `${value} is offered`);
  await menu.focus();
  for (;;) {
    const now = await menu.evaluate((select) => select.selectedIndex);
    if (now === at) break;
    await page.keyboard.press(now < at ? "ArrowDown" : "ArrowUp");
  }
}

const printedValue = async (page, name) => plain(await region(page, name).locator(".big").innerText());

pageTest(world, "every printed law opens without a file, with the program's number, its source and no interval", { timeout: 240_000 }, async (page) => {
  const ids = await examples(page).locator("optgroup").last().locator("option").evaluateAll((all) => all.map((option) => option.value.replace("published:", "")));
  assert.ok(ids.length >= 8, ids.join());
  for (const id of ids) {
    await examples(page).selectOption(`published:${id}`);
    const share = id.startsWith("cmr-");
    const name = share ? "Critical domain share" : "Loss";
    await region(page, name).waitFor();
    // The sliders' own place, where the law opens, as the program is asked.
    const asked = ["predict", "--published", id, "--tokens", await field(page, "Token budget").inputValue(), "--json"];
    if (!share) asked.push("--size", await field(page, "Model size").inputValue());
    if (id === "repeated") asked.push("--unique", await field(page, "Unique tokens").inputValue());
    const answer = JSON.parse(program(...asked));
    await until(`${id}: the program's number`, async () => {
      const shown = await printedValue(page, name);
      return share ? Math.abs(parseFloat(shown) / 100 - answer.critical_ratio) < 6e-4 : shown === answer.loss.toFixed(4);
    });
    const said = plain(await region(page, "Law").innerText());
    for (const what of [answer.source, answer.setting, answer.range].map(plain)) assert.ok(said.includes(what), `${id}: “${what}” in “${said}”`);
    assert.match(plain(await region(page, name).innerText()), /No interval: printed parameters have none/);
    assert.match(plain(await region(page, "Data").innerText()), /No file is open/);
    assert.equal(await page.getByText(/law \d+\.\d+–/).count(), 0, "no interval anywhere");
    await until(`${id}: a plot`, async () => (await region(page, "Explore").locator("figure:not([hidden])").count()) >= 1);
  }
  await accessible(page, "a printed law");
});

pageTest(world, "a printed law's sliders are live, unique tokens and kinds of runs with them; a step back, a link and a reload keep it", { timeout: 240_000 }, async (page) => {
  await pick(page, examples(page), "published:repeated");
  await region(page, "Loss").waitFor();
  for (const [label, text] of [["Model size", "6.34B"], ["Token budget", "242B"], ["Unique tokens", "25B"]]) await type(field(page, label), text);
  // Muennighoff et al.: worked out with the authors' constants.
  await until("the published value", async () => (await printedValue(page, "Loss")) === "2.2256");
  await slider(page, "Unique tokens").focus();
  await page.keyboard.press("ArrowRight");
  await until("more unique tokens, less loss", async () => Number(await printedValue(page, "Loss")) < 2.2256);
  await page.keyboard.press("Control+z");
  await until("undone", async () => (await printedValue(page, "Loss")) === "2.2256");
  // The curve is read by keyboard.
  const plot = region(page, "Explore").getByRole("slider", { name: /^Loss against tokens/ });
  await plot.focus();
  await page.keyboard.press("End");
  assert.match(await plot.getAttribute("aria-valuetext"), /tokens: loss \d/);

  await page.getByRole("banner").getByRole("button", { name: "Share", exact: true }).click();
  const link = page.getByRole("dialog", { name: "Share this view" }).getByRole("textbox", { name: "Link" });
  await until("the link is made", async () => /view=\d+\./.test(await link.inputValue()));
  const address = await link.inputValue();
  assert.ok(address.length < 600, `${address.length} characters`);
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  const fresh = await page.context().newPage();
  await fresh.goto(address);
  await whole(fresh);
  await until("the link opens it", async () => (await fresh.locator(".big").first().innerText()) === "2.2256");
  assert.match(await field(fresh, "Unique tokens").inputValue(), /^25B/);
  await fresh.close();

  await examples(page).selectOption("published:cross-lingual");
  await type(field(page, "Model size"), "1.4B");
  await type(field(page, "Token budget"), "28B");
  await until("continued", async () => (await printedValue(page, "Loss")) === "2.2963");
  await page.getByRole("radio", { name: "from scratch" }).focus();
  await page.keyboard.press("Space");
  await until("from scratch", async () => (await printedValue(page, "Loss")).startsWith("2.170"));
  assert.match(plain(await region(page, "Law").innerText()), /by rounding alone/);
  await until("it is kept", async () => (await records(page)).some((record) => /"run":"scratch"/.test(record.settings)));
  await page.reload();
  await whole(page);
  await until("the reload brings it back", async () => (await printedValue(page, "Loss")).startsWith("2.170"));
});

pageTest(world, "decisions of a printed law: a budget without an interval, frontiers, or what is needed", {}, async (page) => {
  await examples(page).selectOption("published:chinchilla");
  await region(page, "Loss").waitFor();
  const panel = await open(page, "Allocation");
  await panel.getByLabel("In", { exact: true }).selectOption("FLOPs");
  await type(panel.getByLabel("Spend", { exact: true }), "5.76e23");
  // The closed form of the printed constants, laws.md section 1: G (C/6)^(β/(α+β)).
  const [a, alpha, b, beta] = [406.4, 0.34, 410.7, 0.28];
  const best = ((alpha * a) / (beta * b)) ** (1 / (alpha + beta)) * (5.76e23 / 6) ** (beta / (alpha + beta));
  await until("the best size", async () => {
    const said = plain(await panel.locator(".answer").innerText()).match(/best spent on ([\d.]+)B parameters/);
    return said && Math.abs(Number(said[1]) / (best / 1e9) - 1) < 2e-3;
  });
  assert.match(plain(await panel.locator(".answer").innerText()), /No interval: printed parameters have none/);
  const trade = await open(page, "Trade-off");
  await trade.getByText("this law knows neither", { exact: false }).waitFor();
  await examples(page).selectOption("published:cross-lingual");
  const start = await open(page, "Continued or from scratch?");
  await type(start.getByLabel("Compute, FLOPs"), "1e21");
  // N = 0.324 C^0.429 from scratch and 4.79 C^0.385 continued.
  await until("the printed frontiers", async () => /331M/.test(await start.locator(".answer").innerText()) && /583M/.test(await start.locator(".answer").innerText()));
  assert.match(plain(await start.locator(".answer").innerText()), /by rounding alone/);
  await accessible(page, "decisions of a printed law");
  // A file takes its place, and a step back brings it back.
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  assert.equal(await page.getByText("No file is open", { exact: false }).count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await region(page, "Law").waitFor();
});

pageTest(world, "continued or from scratch, as the program answers it, and what a file without both kinds lacks", { timeout: 240_000 }, async (page) => {
  const file = join(folder, "both.csv");
  writeFileSync(file, bothKinds());
  const study = join(folder, "both.json");
  writeFileSync(study, program("fit", file, "--json"));
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  const panel = await open(page, "Continued or from scratch?");
  await panel.getByText("This question needs runs from scratch and continued ones", { exact: false }).waitFor();
  await drop(page, "both.csv", bothKinds());
  await complete(page, "both.csv");
  for (const [label, text] of [["Model size", "1B"], ["Token budget", "20B"]]) await type(field(page, label), text);
  await type(panel.getByLabel("Compute, FLOPs"), "1e21");
  const said = program("decide", "start", study, "--size", "1B", "--tokens", "20B", "--flops", "1e21").replaceAll("−", "-");
  const wanted = [
    said.match(/Tokens saved at equal loss: (.*)/)[1],
    said.match(/better from (.*) on/)[1],
    ...[...said.matchAll(/(?:continued|from scratch) with .* FLOPs: (\S+) \(/g)].map((found) => found[1]),
  ].map(plain);
  let last = "";
  await until(`the page says ${wanted.join(" | ")}`, async () => {
    last = plain(await panel.locator(".answer").innerText()).replace(" tokens on", " on");
    return wanted.every((what) => last.includes(what));
  }).catch((error) => assert.fail(`${error.message}\nit says: ${last}`));
  assert.match(last, /by rounding alone/);
  const plot = panel.getByRole("slider", { name: /^Loss against tokens/ });
  await plot.focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await plot.getAttribute("aria-valuetext"), /continued \d.*from scratch \d/);
  await accessible(page, "continued or from scratch");
});

pageTest(world, "three corpora: a triangle by keyboard, sliders that add up to one, the program's best mixture", { timeout: 240_000 }, async (page) => {
  const text = mixtures(["web", "books", "code"]);
  const file = join(folder, "three.csv");
  writeFileSync(file, text);
  await drop(page, "three.csv", text);
  await complete(page, "three.csv");
  const panel = await open(page, "Mixture of several corpora");
  await slider(page, "Mixture of three corpora: cursor").waitFor();
  const shares = async () => Promise.all(["web", "books", "code"].map(async (name) => parseFloat(await field(page, name).inputValue())));
  const sum = async () => (await shares()).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs((await sum()) - 100) < 0.3, `${await shares()}`);
  await type(field(page, "web"), "70 %");
  await until("the others give way", async () => (await shares())[0] === 70 && Math.abs((await sum()) - 100) < 0.3);
  // The triangle by keyboard: five steps towards code, and Enter sets it.
  const before = await shares();
  await slider(page, "Mixture of three corpora: cursor").focus();
  for (let k = 0; k < 5; k += 1) await page.keyboard.press("ArrowUp");
  assert.match(await slider(page, "Mixture of three corpora: cursor").getAttribute("aria-valuetext"), /web \d.* and code \d.*: \S+ \d/);
  await page.keyboard.press("Enter");
  await until("code has more", async () => Math.abs((await shares())[2] - before[2] - 5) < 0.3);

  const asked = ["mix", file, "--draws", "1000", "--json"];
  const agrees = async (what, ...more) => {
    const answer = JSON.parse(program(...asked, ...more));
    let last = "";
    await until(what, async () => {
      last = plain(await panel.locator(".answer").innerText());
      return answer.shares.every(({ name, value }) => {
        const shown = last.match(new RegExp(`${name} (\\d[\\d.]*) %`));
        return shown && Math.abs(Number(shown[1]) / 100 - value) < 6e-4;
      });
    }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(answer.shares)}\nthe page says ${last}`));
  };
  await agrees("the best mixture is the program's");
  await type(panel.getByLabel("Largest share of web"), "20 %");
  await agrees("within a limit", "--limit", "web=0:0.2");
  await type(panel.getByLabel("Weight of code_loss"), "3");
  await agrees("weighted", "--limit", "web=0:0.2", "--loss-weight", "web_loss=1", "--loss-weight", "books_loss=1", "--loss-weight", "code_loss=3");
  await type(panel.getByLabel("Least share of web"), "90 %");
  await panel.getByText("type shares such as 5 %, the least below the largest", { exact: false }).waitFor();
  await panel.getByRole("button", { name: "Use this mixture" }).click();
  await until("the sliders take it", async () => (await shares())[0] <= 20.1);
  await page.getByRole("button", { name: "Undo" }).click();
  await until("and a step back", async () => (await shares())[0] > 20.1);
  const trade = await open(page, "Trade-off");
  await trade.getByText("asks it", { exact: false }).waitFor();

  // Two mixtures kept, side by side, and taken up again.
  await type(field(page, "web"), "50 %");
  const first = await shares();
  const pin = region(page, "Explore").getByRole("button", { name: "Pin this what-if" });
  await pin.focus();
  await page.keyboard.press("Enter");
  await type(field(page, "code"), "80 %");
  await pin.focus();
  await page.keyboard.press("Enter");
  const pins = await open(page, "Pinned what-ifs");
  for (const table of ["Shares of the pinned mixtures", "Losses there", "Losses less those of Pin 1"]) await region(page, table).waitFor();
  const row80 = plain(await region(page, "Shares of the pinned mixtures").getByRole("row", { name: /^code/ }).innerText());
  assert.match(row80, /80 %$/);
  await pins.getByRole("button", { name: "Use Pin 1" }).focus();
  await page.keyboard.press("Enter");
  await until("the first is taken up", async () => (await shares()).every((share, at) => Math.abs(share - first[at]) < 0.2));
  await region(page, "Explore").getByText("Letters: pinned mixtures", { exact: false }).waitFor();

  // Files to take away say what the page says.
  const taking = await open(page, "Take it away");
  const save = async (button) => {
    const { text } = await offered(page, () => taking.getByRole("button", { name: button, exact: true }).press("Enter"));
    return text;
  };
  const losses = plain(await region(page, "Every loss at this mixture, in nats per token").innerText());
  const snippet = execFileSync("python3", ["-c", await save("The law in Python")], { encoding: "utf8" });
  for (const line of snippet.trim().split("\n")) {
    const [name, value] = line.split(" ");
    assert.ok(losses.includes(`${name} ${Number(value).toFixed(4)}`), `${line} in ${losses}`);
  }
  const grid = (await save("Predictions on a grid, CSV")).trim().split("\n");
  assert.equal(grid.length, 1 + 1 + 231, "a header, this mixture, every twentieth");
  assert.ok(grid[0].startsWith("share of web,share of books,share of code,"), grid[0]);
  assert.match(await save("This mixture, YAML"), /mixture:\n {4}"web": 0\.\d+\n {4}"books"/);
  assert.match(await save("The law in LaTeX"), /\$r_\{1\}\$ web/);
  assert.match(await save("Report to print"), /% web/);
  await accessible(page, "three corpora");
});

pageTest(world, "a file without ratios opens on a chart along which something varies, and says so of the others", {}, async (page) => {
  const tab = (name) => page.getByRole("tab", { name, exact: true });
  await drop(page, "both.csv", bothKinds());
  await complete(page, "both.csv");
  await until("tokens are shown", async () => (await tab("Tokens").getAttribute("aria-selected")) === "true");
  await slider(page, "Loss against token budget: cursor").waitFor();
  await tab("Tokens").focus();
  await page.keyboard.press("ArrowLeft");
  await slider(page, "Loss against model size: cursor").waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByText("Nothing varies along this chart: the file has no domain ratio", { exact: false }).waitFor();
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  await slider(page, "Loss against mixture ratio: cursor").waitFor();
});

pageTest(world, "where the general loss rises with tokens, a law that can follow it is one click away", { timeout: 240_000 }, async (page) => {
  const text = rising();
  await drop(page, "rising.csv", text);
  await complete(page, "rising.csv");
  await law(page).selectOption("d-cpt");
  await complete(page);
  const trade = await open(page, "Trade-off");
  await until("withheld", async () => /falls with tokens and can.t follow/.test(await trade.locator(".answer").innerText()));
  await region(page, "Explore").getByRole("button", { name: /^Fit “.*”, which may rise$/ }).waitFor();
  await trade.getByRole("button", { name: /^Fit “Critical mixture ratio”/ }).press("Enter");
  await complete(page);
  await until("the law is fitted", async () => (await law(page).inputValue()) === "critical-mixture");
  await until("an answer, or another reason than the rise", async () => {
    const said = await trade.locator(".answer").innerText();
    return said.length > 0 && !/can.t follow/.test(said);
  });
});

pageTest(world, "RegMix's files of 17 corpora open, fit and decide", { timeout: 400_000, skip: !existsSync(REGMIX) && "no real data" }, async (page) => {
  const names = ["train_mixture_1m.csv", "train_pile_loss_1m.csv"];
  const files = names.map((name) => [name, readFileSync(join(REGMIX, name), "utf8")]);
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name, { type: "text/csv" }));
    return transfer;
  }, files);
  const begun = Date.now();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await slider(page, "uspto_backgrounds").waitFor({ timeout: 60_000 });
  assert.equal(await law(page).inputValue(), "data-mixing-17", "picked by itself");
  const fitted = Date.now();
  const panel = await open(page, "Mixture of several corpora");
  await until("all draws", async () => (await page.getByText(/^Complete: \d+ paired draws/).count()) > 0, 300_000);
  const drawn = Date.now();
  await until("the best mixture", async () => /The least mean loss/.test(await panel.locator(".answer").innerText()), 60_000);
  const decided = Date.now();
  console.log(`17 corpora, every loss: read and fitted after ${fitted - begun} ms, all draws after ${drawn - begun} ms, the best mixture ${decided - drawn} ms later`);
  await accessible(page, "seventeen corpora");
});

pageTest(world, "more than three corpora: a slider each, and no triangle", { timeout: 240_000 }, async (page) => {
  const names = ["web", "books", "code", "wiki", "math"];
  await drop(page, "five.csv", mixtures(names));
  await complete(page, "five.csv");
  await slider(page, "math").waitFor();
  assert.equal(await slider(page, "Mixture of three corpora: cursor").count(), 0);
  await slider(page, "math").focus();
  await page.keyboard.press("End");
  for (const name of names) await until(`${name} moves`, async () => (await field(page, name).inputValue()) === (name === "math" ? "100 %" : "0 %"));
  await region(page, "Explore").getByText("Beyond the measured shares", { exact: false }).waitFor();
  await accessible(page, "five corpora");
});

/** Symbols of the parameters in the table. */
const symbols = (page) => page.locator("table.parameters tbody tr:not(.note-row) th").allTextContents();

pageTest(world, "each law of the catalogue is opened on a file that suits it", { timeout: 600_000 }, async (page) => {
  const oneSize = grid({ sizes: [1e9], ratios: [0.1, 0.25, 0.5, 0.75, 0.9], budgets: [1e9, 2e9, 5e9, 1e10, 2e10] });
  const files = [
    ["grid.csv", csv(), ["d-cpt", "chinchilla", "additive-ratio", "exponential-ratio", "effective-tokens"]],
    ["both.csv", bothKinds(), ["cross-lingual"]],
    ["one-size.csv", csv(oneSize), ["bimix"]],
    ["one-budget.csv", oneBudget(), ["data-mixing", "quadratic-merge"]],
    ["rising.csv", rising(), ["critical-mixture"]],
    ["repeated.csv", repeated(), ["repeated"]],
    ["scores.csv", scores(), ["saturating-score"]],
    ["forgetting.csv", rising({ domain: false }), ["forgetting"]],
    ["three.csv", mixtures(["web", "books", "code"]), ["data-mixing-3"]],
  ];
  const opened = new Set();
  for (const [name, text, laws] of files) {
    await drop(page, name, text);
    if (name === "scores.csv") {
      // Nothing in a file tells a score from another number: a person says so.
      const sheet = page.getByRole("dialog", { name: /Columns and rows/ });
      await sheet.waitFor();
      await sheet.getByRole("combobox", { name: "Role of accuracy" }).selectOption("Score, more is better");
      await sheet.getByRole("button", { name: "Done" }).click();
    }
    await complete(page, name);
    for (const id of laws) {
      const option = law(page).locator(`option[value="${id}"]`);
      const count = Number((await option.textContent()).match(/\((\d+) parameters\)/)[1]);
      await law(page).selectOption(id);
      await until(`${id}: ${count} parameters`, async () => (await symbols(page)).length === count);
      await complete(page);
      // A merge weight looks like any ratio, so that law is always one to be chosen by hand.
      const lacks = await fit(page).locator(".law-note strong").count();
      assert.equal(lacks, id === "quadratic-merge" ? 1 : 0, `${id} suits ${name}: ${await fit(page).innerText()}`);
      assert.equal(await page.getByRole("alert").count(), 0, `${id} on ${name}`);
      opened.add(id);
    }
  }
  const all = await law(page).locator("option").evaluateAll((options) => options.map((option) => option.value));
  assert.deepEqual(all.filter((id) => id !== "own" && !opened.has(id)), [], "no law is left out");
});
