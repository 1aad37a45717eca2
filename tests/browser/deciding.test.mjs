// Decide: every panel by keyboard, its answer the program's own on the same file; what is withheld, infeasible, pinned.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { benchmarkIndex, noneLong } from "./pace.mjs";
import { IN_FIREFOX, complete, drop, field, loss, offered, pageTest, setUp, slider, type as typed, until, zoomsAndMoves } from "./support.mjs";
import { csv, flat } from "./tables.mjs";

const world = setUp();
const ROOT = new URL("../..", import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZE = "1.8B";
const TOKENS = "10B";
const LONG = 50; // ms; the web's own definition of a long task

let folder, fit;

/** Runs the native program, built with the profile of the tests. */
function program(...asked) {
  return execFileSync(join(ROOT, "target/debug/ratioscope"), asked, { encoding: "utf8", maxBuffer: 1e8 });
}

before(() => {
  execFileSync("cargo", ["build", "--locked", "--quiet", "--profile", "test", "--bin", "ratioscope"], { cwd: ROOT, stdio: "inherit" });
  folder = mkdtempSync(join(tmpdir(), "ratioscope-"));
  writeFileSync(join(folder, "grid.csv"), csv());
  fit = join(folder, "fit.json");
  // The page's own draws and seed are the program's.
  writeFileSync(fit, program("fit", join(folder, "grid.csv"), "--json"));
});
after(() => folder && rmSync(folder, { recursive: true }));

const row = (page, title) => page.locator("#decide details.ask").filter({ has: page.locator(`[role=group][aria-label="${title}"]`) });

/** Opens a row by keyboard. */
async function open(page, title) {
  const summary = row(page, title).locator("> summary");
  await summary.focus();
  await page.keyboard.press("Enter");
  await row(page, title).getByRole("group", { name: title, exact: true }).waitFor();
  return row(page, title);
}

/** Types into a choice of an open row and leaves it by Enter. */
async function type(panel, label, text) {
  await typed(panel.getByLabel(label, { exact: true }), text);
}

/** Opens the grid and sets the what-if. */
async function start(page) {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  for (const [label, text] of [["Model size", SIZE], ["Token budget", TOKENS]]) {
    await typed(field(page, label), text);
  }
}

const plain = (text) => text.replace(/\s+/g, " ").trim();

/** Waits until the panel says every sentence of the program's, word for word and digit for digit. */
async function agrees(page, title, output) {
  const sentences = output.split("\n").map((line) => plain(line.replace(/^note [a-z_]+: /, ""))).filter(Boolean);
  assert.ok(sentences.length > 0, "the program says something");
  const said = async () => plain(await row(page, title).locator(".answer").innerText());
  let last = "";
  try {
    await until(`${title} says what the program says`, async () => {
      last = await said();
      return sentences.every((sentence) => last.includes(sentence));
    });
  } catch {
    assert.fail(`${title}: the page says\n  ${last}\nand the program\n  ${sentences.join("\n  ")}`);
  }
  return last;
}

pageTest(world, "the trade-off agrees with the program, is shaded, and its recipe moves the sliders", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Trade-off");
  for (const [typed, rise] of [["2 %", "0.02"], ["0.05", "0.05"]]) {
    await type(panel, "By at most", typed);
    await agrees(page, "Trade-off", program("decide", "trade-off", fit, "--rise", rise, "--size", SIZE, "--tokens", TOKENS));
  }
  await panel.getByLabel("General loss may rise", { exact: true }).selectOption("over a loss I type");
  await type(panel, "Loss, nats", "2.2");
  await agrees(page, "Trade-off", program("decide", "trade-off", fit, "--rise", "0.05", "--start", "2.2", "--size", SIZE, "--tokens", TOKENS));
  await panel.getByLabel("General loss may rise", { exact: true }).selectOption("to a loss I type");
  await type(panel, "Loss, nats", "2.25");
  await agrees(page, "Trade-off", program("decide", "trade-off", fit, "--limit", "2.25", "--size", SIZE, "--tokens", TOKENS));
  const use = panel.getByRole("button", { name: /^Use this recipe/ });
  const ratio = (await use.innerText()).match(/: ([\d.]+ %)/)[1];
  await use.press("Enter");
  await until("the slider follows", async () => (await field(page, "Domain ratio").inputValue()) === ratio);
});

pageTest(world, "a limit that no ratio keeps says which and by how much; a field that can't be read says so", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Trade-off");
  await type(panel, "By at most", "-60 %");
  const output = program("decide", "trade-off", fit, "--rise", "-60%", "--size", SIZE, "--tokens", TOKENS);
  assert.match(output, /No domain ratio keeps the general loss within .* above the limit/);
  await agrees(page, "Trade-off", output);
  await panel.locator("summary").getByText("not possible").waitFor();
  await type(panel, "By at most", "lots");
  await panel.getByText("Type a rise such as 3 % or 0.03. −60 % is kept.").waitFor();
  assert.equal(await panel.getByLabel("By at most", { exact: true }).getAttribute("aria-invalid"), "true");
  await panel.getByLabel("By at most", { exact: true }).press("Escape");
  assert.equal(await panel.getByLabel("By at most", { exact: true }).inputValue(), "−60 %");
});

pageTest(world, "limited domain data agrees with the program", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Limited domain data");
  await panel.getByText("Type how many domain tokens exist").waitFor();
  await type(panel, "Domain tokens that exist", "5B");
  await agrees(page, "Limited domain data", program("decide", "limited", fit, "--domain-tokens", "5B", "--size", SIZE));
  await type(panel, "Each may be seen, times", "4");
  await type(panel, "Most tokens in all", "40B");
  await until("a row a pass", async () => (await panel.getByRole("region", { name: "Pass by pass" }).getByRole("row").count()) === 5);
  await panel.getByLabel("General loss", { exact: true }).selectOption("keep the trade-off’s limit");
  await agrees(page, "Limited domain data", program("decide", "limited", fit, "--domain-tokens", "5B", "--size", SIZE, "--epochs", "4", "--most-tokens", "40B", "--rise", "0.03"));
});

pageTest(world, "an allocation agrees with the program, by hours, money and FLOPs, among real sizes", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Allocation");
  await panel.locator(".said").waitFor();
  await type(panel, "Spend", "800");
  await agrees(page, "Allocation", program("decide", "allocate", fit, "--gpu-hours", "800", "--rise", "0.03"));
  await panel.getByLabel("Device", { exact: true }).selectOption("NVIDIA A100");
  await type(panel, "Utilisation", "35 %");
  await type(panel, "Price an hour", "2");
  await panel.getByLabel("In", { exact: true }).selectOption("money");
  await type(panel, "Spend", "2,000");
  const hardware = ["--device", "A100", "--utilisation", "35 %", "--price", "2"];
  await agrees(page, "Allocation", program("decide", "allocate", fit, "--money", "2000", "--rise", "0.03", ...hardware));
  await panel.getByLabel("Ratio decided by", { exact: true }).selectOption("the domain loss alone");
  await panel.getByLabel("In", { exact: true }).selectOption("FLOPs");
  await type(panel, "Spend", "1e21");
  await type(panel, "Sizes to choose among", "1.5B, 7B");
  await panel.getByText("Open models to choose among").press("Enter");
  await panel.getByRole("checkbox", { name: "Qwen2.5 3B" }).press(" ");
  const said = await agrees(page, "Allocation", program("decide", "allocate", fit, "--flops", "1e21", "--models", "1.5B,7B,Qwen2.5 3B", ...hardware));
  assert.match(said, /corner/);
  const plot = panel.getByRole("slider", { name: /Domain loss of the whole budget/ });
  await plot.press("ArrowRight");
  assert.match(await plot.getAttribute("aria-valuetext"), /tokens, .* domain: domain loss \d/);
});

pageTest(world, "the frontier agrees with the program at any weight", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Frontier");
  await agrees(page, "Frontier", program("decide", "frontier", fit, "--size", SIZE, "--tokens", TOKENS));
  const weight = panel.getByRole("slider", { name: "Weight of the general loss" });
  for (let i = 0; i < 10; i += 1) await weight.press("ArrowRight");
  await agrees(page, "Frontier", program("decide", "frontier", fit, "--size", SIZE, "--tokens", TOKENS, "--weight", "0.6"));
  const plot = panel.getByRole("slider", { name: /General against domain loss/ });
  await plot.press("End");
  assert.match(await plot.getAttribute("aria-valuetext"), /domain: general loss \d.*, domain loss \d/);
});

pageTest(world, "a decision's plot is zoomed and moved by keys, wheel, drag and buttons; what is shown is what is saved", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Frontier");
  const plot = panel.getByRole("slider", { name: /General against domain loss/ });
  await plot.waitFor();
  await until("the answers have come", async () => (await page.locator("#decide .stale").count()) === 0);
  await zoomsAndMoves(page, panel, plot, "End");
});

pageTest(world, "should we at all agrees with the program, and says when nothing can be told", {}, async (page) => {
  await start(page);
  await typed(field(page, "Domain ratio"), "50 %");
  await open(page, "Should we at all?");
  await agrees(page, "Should we at all?", program("decide", "tasks", fit, "--ratio", "0.5", "--size", SIZE, "--tokens", TOKENS));
  // Runs that moved nothing but by their noise.
  await drop(page, "flat.csv", csv(flat()));
  await complete(page, "flat.csv");
  await until("it says that nothing can be told", async () => /The intervals of all 2 changes hold zero: this data can.t tell/.test(await row(page, "Should we at all?").innerText()));
});

pageTest(world, "every decision stands under the other laws when asked, the program's answer for each", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Trade-off");
  await panel.getByText("Under other laws").focus();
  await page.keyboard.press("Enter");
  await panel.getByRole("button", { name: "Ask the other laws" }).press("Enter");
  const answers = panel.getByRole("table", { name: "The answer under each law that suits the data" });
  await answers.waitFor();
  const rows = await answers.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));
  assert.ok(rows.length >= 4, `${rows.length} laws`);
  assert.equal(rows[0][0], "D-CPT Law");
  // Another law's words are the program's for a fit by that law, on as many draws as a comparison makes.
  const file = join(folder, "additive.json");
  writeFileSync(file, program("fit", join(folder, "grid.csv"), "--law", "additive-ratio", "--draws", "200", "--json"));
  const theirs = program("decide", "trade-off", file, "--size", SIZE, "--tokens", TOKENS);
  assert.ok(rows.some(([name, , words]) => name !== "D-CPT Law" && plain(theirs).includes(plain(words))), `${theirs}\n${JSON.stringify(rows)}`);
  // One question for all: the other rows have theirs without another one, and a new limit changes them.
  const frontier = await open(page, "Frontier");
  await frontier.getByText("Under other laws").press("Enter");
  await frontier.getByRole("table", { name: "The answer under each law that suits the data" }).waitFor();
  await type(panel, "By at most", "20 %");
  await until("the table follows the limit", async () => {
    const now = await answers.locator("tbody tr").first().innerText();
    return plain(now) !== plain(rows[0].join(" "));
  });
});

pageTest(world, "evaluation sets are chosen; the last one stays", {}, async (page) => {
  await start(page);
  const panel = await open(page, "Should we at all?");
  const table = panel.getByRole("table", { name: /^Predicted change/ });
  const names = async () => (await table.locator("tbody th").allInnerTexts()).sort();
  await until("both sets are judged", async () => (await names()).length === 2);
  await panel.getByText("Evaluation sets: all 2").press("Enter");
  await panel.getByLabel("general_loss", { exact: true }).press("Space");
  await until("one set is judged", async () => (await names()).join() === "domain_loss");
  await panel.getByText("Evaluation sets: 1 of 2").waitFor();
  const last = panel.getByLabel("domain_loss", { exact: true });
  await last.press("Space");
  assert.ok(await last.isChecked(), "the last one stays");
  await panel.getByLabel("general_loss", { exact: true }).press("Space");
  await panel.getByText("Evaluation sets: all 2").waitFor();
});

pageTest(world, "pins are named, ordered, compared and exported, as the program compares them", {}, async (page) => {
  await start(page);
  for (const ratio of ["30 %", "60 %"]) {
    await typed(field(page, "Domain ratio"), ratio);
    await page.getByRole("button", { name: "Pin this what-if" }).press("Enter");
  }
  const panel = await open(page, "Pinned what-ifs");
  const first = panel.getByRole("textbox").first();
  await typed(first, "careful");
  await panel.getByRole("button", { name: "Move up Pin 2" }).press("Enter");
  await until("the keyboard stays on the pin that moved", () => page.evaluate(() => document.activeElement.getAttribute("aria-label") === "Move down Pin 2"));
  const wanted = program("decide", "compare", fit, "--pin", `Pin 2=60%,${SIZE},${TOKENS}`, "--pin", `careful=30%,${SIZE},${TOKENS}`);
  // The ninth digit may differ between the browser's arithmetic and the machine's own.
  const cells = (text) => text.trim().split("\n").map((line) => line.split(","));
  const same = (a, b) => a === b || Math.abs(a - b) <= 1e-8 * Math.max(1, Math.abs(b));
  let text = "";
  await until("the export is the program's", async () => {
    ({ text } = await offered(page, () => panel.getByRole("button", { name: "Download as CSV" }).press("Enter")));
    const [ours, theirs] = [cells(text), cells(wanted)];
    return ours.length === theirs.length && ours.every((line, i) => line.length === theirs[i].length && line.every((cell, k) => same(cell, theirs[i][k])));
  }, 10_000).catch(() => assert.equal(text, wanted));
  // A third pin, kept by a finger, writes the answer anew: the keyboard stays on the button it is on.
  await panel.getByRole("button", { name: "Download as CSV" }).focus();
  await page.getByRole("button", { name: "Pin this what-if" }).evaluate((button) => button.click());
  await panel.getByRole("row", { name: /^Pin 3/ }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Download as CSV");
  await panel.getByRole("button", { name: "Drop Pin 3" }).press("Enter");
  await panel.getByRole("button", { name: "Use careful" }).press("Enter");
  await until("the what-if is taken up", async () => (await field(page, "Domain ratio").inputValue()) === "30 %");
  await panel.getByRole("button", { name: "Drop careful" }).press("Enter");
  await until("one is left", async () => (await panel.getByRole("listitem").filter({ has: page.getByRole("textbox") }).count()) === 1);
});

pageTest(world, "without data: a design, its table to fill in, and what it identifies", {}, async (page) => {
  await start(page);
  const panel = await open(page, "No data yet");
  await panel.getByRole("region", { name: "Designs" }).waitFor();
  const { text } = await offered(page, () => panel.getByRole("button", { name: "3 sizes, 5 ratios (CSV)" }).press("Enter"));
  const plans = JSON.parse(program("decide", "design", "--gpu-hours", "100", "--repeats", "1", "--json"));
  const plan = plans.map(({ plan }) => plan).find(({ name }) => name === "3 sizes, 5 ratios");
  assert.equal(text.split("\n").filter((line) => /^\d|^[\d.]+[MB]/.test(line)).length, plan.runs * (plan.tokens.length + 1));
  await panel.getByRole("button", { name: "Simulate what they identify" }).press("Enter");
  await panel.getByText(/^Simulating/).waitFor();
  await panel.getByText(/Simulated 3 times from the law of the generated example/).first().waitFor({ timeout: 60_000 });
  // A simulation is ended at once.
  await panel.getByRole("button", { name: "Simulate what they identify" }).press("Enter");
  await panel.getByRole("button", { name: "Cancel the simulation" }).press("Enter");
  await panel.getByRole("button", { name: "Simulate what they identify" }).waitFor();
});

pageTest(world, "a withheld answer says why and what to do; the generated grid shows it at work", {}, async (page) => {
  await complete(page);
  const panel = await open(page, "Trade-off");
  // Each loss has a law that can follow it, until a person chooses one that can't.
  await panel.locator("summary").getByText(/%.* domain/).waitFor();
  await page.getByLabel("Law", { exact: true }).selectOption("d-cpt");
  await panel.locator("summary").getByText("withheld").waitFor();
  await panel.getByText("No answer is given under this law, for the reason below.").waitFor();
  await panel.getByText(/What still works/).waitFor();
  await panel.getByRole("button", { name: "Open the generated grid to see it work" }).press("Enter");
  await complete(page, "generated-grid.csv");
  await panel.locator("summary").getByText(/%.* domain/).waitFor();
});

pageTest(world, "the cost of the what-if stands below the sliders", {}, async (page) => {
  await start(page);
  // 6 × 1.8e9 × 10e9 FLOPs over 989e12 × 0.4 × 3600 a GPU-hour.
  await page.getByText(/1\.08e20 FLOPs, 75\.8 GPU-hours, 190 USD: NVIDIA H100 SXM at 40 % of its peak/).waitFor();
});

pageTest(world, "no task holds up the page for 50 ms while answers come; the time to re-solve", { skip: IN_FIREFOX && "measured by Chromium's own trace" }, async (page) => {
  await start(page);
  for (const title of ["Trade-off", "Allocation", "Frontier", "Should we at all?"]) await open(page, title);
  await row(page, "Allocation").locator(".said").waitFor();
  await world.browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline", "__metadata"] });
  for (let i = 0; i < 20; i += 1) await slider(page, "Domain ratio").press("ArrowRight");
  for (let i = 0; i < 20; i += 1) await slider(page, "Token budget").press("ArrowRight");
  await until("the answers have come", async () => (await page.locator("#decide .stale").count()) === 0);
  const trace = JSON.parse((await world.browser.stopTracing()).toString());
  const { traceEvents } = trace;
  noneLong(assert, trace, await benchmarkIndex(page), LONG);
  // An answer is a task of the worker's: 1,000 draws re-solved, from the question's bytes to the answer's.
  const workers = new Set(traceEvents.filter((event) => event.name === "thread_name" && /DedicatedWorker/.test(event.args.name)).map((event) => `${event.pid}/${event.tid}`));
  const answers = traceEvents.filter((event) => event.ph === "X" && /RunTask$/.test(event.name) && workers.has(`${event.pid}/${event.tid}`) && event.tdur > 2000).map((task) => task.tdur / 1000).sort((a, b) => b - a);
  console.log(`answers re-solved on 1,000 draws in the worker: ${answers.length}, the longest ${answers.slice(0, 3).map((ms) => ms.toFixed(0)).join(", ")} ms, the median ${answers[Math.floor(answers.length / 2)]?.toFixed(0)} ms`);

  // From a choice to its answer on the page, 1,000 draws, a machine as busy as it is: printed, not judged.
  for (const [title, label, texts] of [["Trade-off", "By at most", ["1 %", "2 %", "4 %", "5 %", "6 %"]], ["Allocation", "Spend", ["100", "200", "400", "500", "900"]]]) {
    const times = [];
    for (const text of texts) {
      times.push(await row(page, title).evaluate(async (panel, [label, text]) => {
        const input = [...panel.querySelectorAll(".choice")].find((choice) => choice.querySelector("label").textContent === label).querySelector("input");
        const from = performance.now();
        // The question in words comes with its answer: another one than before is the new answer.
        const question = panel.querySelector(".question");
        const before = question.textContent;
        const answered = new Promise((done) => new MutationObserver(() => question.textContent !== before && done()).observe(question, { childList: true, subtree: true, characterData: true }));
        input.value = text;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        await answered;
        return performance.now() - from;
      }, [label, text]));
      await until("the answer rests", async () => (await page.locator("#decide .stale").count()) === 0);
    }
    console.log(`${title}: re-solved on 1,000 draws in ${times.map((time) => time.toFixed(0)).join(", ")} ms`);
  }
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    pageTest(world, `axe finds nothing in the open rows, ${width} px, ${colorScheme}; no sideways scroll`, { width, colorScheme }, async (page) => {
      await start(page);
      await page.getByRole("button", { name: "Pin this what-if" }).click();
      for (const title of ["Trade-off", "Limited domain data", "Allocation", "Frontier", "Should we at all?", "Pinned what-ifs", "No data yet"]) await open(page, title);
      await type(row(page, "Limited domain data"), "Domain tokens that exist", "5B");
      await type(row(page, "Limited domain data"), "Each may be seen, times", "3");
      await type(row(page, "Trade-off"), "By at most", "much");
      await until("the answers have come", async () => (await page.locator("#decide .stale").count()) === 0);
      await page.evaluate(AXE);
      const broken = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
        return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
      });
      assert.deepEqual(broken, []);
      const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
      assert.ok(scroll <= inner, `${scroll} px of content in ${inner}`);
      assert.ok((await loss(page, "General loss")).value > 0);
    });
  }
}
