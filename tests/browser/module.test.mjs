// The engine as an ES module: in a page, and in Node, with the program's numbers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { serve } from "../../tools/serve.mjs";
import { PATIENCE, launch, until } from "./support.mjs";
import { csv } from "./tables.mjs";

const ROOT = new URL("../..", import.meta.url).pathname;
const PACKAGE = join(ROOT, "target/module/package");
// Ends of fewer than 101 draws are means of several, in which the last bit of a file's natural units shows.
const DRAWS = 120;
const AT = { domain_share: 0.4, size: 1.8e9, tokens: 1e10 };

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ratioscope-"));
  cpSync(PACKAGE, folder, { recursive: true });
  cpSync(join(ROOT, "docs/module.html"), join(folder, "index.html"));
});
after(() => folder && rmSync(folder, { recursive: true }));

test("fit, predict and decide are the program's", { timeout: 4 * PATIENCE }, async () => {
  const engine = await import(pathToFileURL(join(folder, "ratioscope.js")).href);
  await engine.default({ module_or_path: readFileSync(join(folder, "ratioscope_bg.wasm")) });
  const study = engine.fit(csv(), { options: { draws: DRAWS } });
  const file = join(folder, "grid.csv");
  writeFileSync(file, csv());
  const program = (...asked) => execFileSync("cargo", ["run", "--quiet", "--locked", "--bin", "ratioscope", "--", ...asked], { cwd: ROOT, encoding: "utf8", maxBuffer: 1e9 });
  const printed = program("fit", file, "--draws", String(DRAWS), "--json");
  const fitted = JSON.parse(JSON.stringify(study));
  const theirs = JSON.parse(printed);
  for (const [name, target] of Object.entries(theirs.targets)) {
    assert.deepEqual(fitted.targets[name].parameters, target.parameters, name);
    assert.equal(fitted.targets[name].objective, target.objective);
    assert.deepEqual(fitted.targets[name].draws, target.draws, "the draws, to the last bit");
  }
  writeFileSync(join(folder, "fit.json"), printed);
  const at = ["--size", "1.8B", "--tokens", "10B"];
  const decided = JSON.parse(program("decide", "trade-off", join(folder, "fit.json"), ...at, "--json"));
  assert.deepEqual(engine.decide(study, "trade-off", AT).laws[0].outcome, decided.laws[0].outcome);
  // What was written is read back, as data and as text, and predicts the same.
  const loss = engine.predict(study, "domain_loss", AT);
  for (const again of [engine.Fit.fromJSON(theirs), engine.Fit.fromJSON(printed)]) assert.deepEqual(engine.predict(again, "domain_loss", AT), loss);
});

test("what can't be done is an error with a sentence", { timeout: 4 * PATIENCE }, async () => {
  const engine = await import(pathToFileURL(join(folder, "ratioscope.js")).href);
  await engine.default({ module_or_path: readFileSync(join(folder, "ratioscope_bg.wasm")) });
  assert.throws(() => engine.fit("nothing"), /\w+ \w+/);
  assert.throws(() => engine.fit(csv(), { law: "E + A/N^" }), /\w+ \w+/);
  assert.throws(() => engine.fit(csv(), { laws: "d-cpt" }), /laws/);
  const study = engine.fit(csv(), { options: { draws: 0 } });
  assert.throws(() => engine.predict(study, "no_loss", AT), /no_loss.*general_loss/);
  assert.throws(() => engine.decide(study, "allocate", AT), /budget/);
  assert.throws(() => engine.Fit.fromJSON({ schema: 99 }), Error);
});

test("the page of the repository fits a table with it", { timeout: 4 * PATIENCE }, async () => {
  const server = await serve(folder, { path: "/notebook/" });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("request", (request) => request.url().startsWith(server.url) || wrong.push(request.url()));
    await page.goto(server.url);
    await page.getByLabel("The table").fill(csv());
    await page.getByRole("button", { name: "Fit" }).click();
    await until("the fit is there", async () => /general_loss: \d\.\d{4}, the law between/.test(await page.getByRole("status").innerText()));
    await page.getByLabel("The table").fill("nothing");
    await page.getByRole("button", { name: "Fit" }).click();
    await until("the error is a sentence", async () => /\w+ \w+ \w+/.test(await page.getByRole("status").innerText()) && !/law between/.test(await page.getByRole("status").innerText()));
    assert.deepEqual(wrong.filter((what) => !/favicon/.test(what)), []);
  } finally {
    await browser.close();
    server.close();
  }
});
