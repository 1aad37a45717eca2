// Files come in: dropped, pasted, picked; messy ones, wrong roles, and ones nobody can use.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { asked } from "../../tools/size.mjs";
import { IN_FIREFOX, complete, drop, loss, pageTest, paste, region, setUp, slider, standing, until } from "./support.mjs";
import { csv, grid, messy } from "./tables.mjs";

const world = setUp();

pageTest(world, "opens on an example that is fitted, with both losses and their intervals", { opened: false }, async (page) => {
  world.requests.length = 0;
  await page.goto(world.url);
  await standing(page);
  for (const name of ["General loss", "Domain loss"]) {
    const { value, law, text } = await loss(page, name);
    assert.ok(value > 0, text);
    assert.ok(law && law[0] <= value + 0.002 && law[1] >= value - 0.002, `the interval holds the prediction: ${text}`);
    assert.match(text, /new run/);
  }
  for (const label of ["Domain ratio", "Model size", "Token budget"]) assert.ok(await slider(page, label).isEnabled(), label);
  // The size report counts what the page asks for, and for the first screen nothing that follows it.
  const counted = asked(new URL("../../dist", import.meta.url).pathname);
  const seen = () => [...new Set(world.requests.map((request) => request.path.slice("/some/sub/path/".length) || "index.html"))];
  await until("the worker's module and the example's file follow", () => counted.next.every((path) => seen().includes(path)));
  // Firefox looks at the icon that the manifest names before anybody installs the page.
  const icon = IN_FIREFOX ? ["assets/icon-192.png"] : [];
  assert.deepEqual(seen().filter((path) => ![...counted.first, ...counted.next, ...icon].includes(path)), [], "files asked for at opening that tools/size.mjs leaves out");
  const firstNext = seen().findIndex((path) => counted.next.includes(path));
  assert.deepEqual(seen().slice(firstNext).filter((path) => counted.first.includes(path)), [], "what the first screen needs comes first");
  await complete(page); // the worker goes on where the build stopped
});

pageTest(world, "a file dropped anywhere is read and fitted", {}, async (page) => {
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  assert.match(await region(page, "Data").innerText(), /90 rows/);
  assert.ok((await loss(page, "Domain loss")).law);
});

pageTest(world, "a table pasted anywhere, or into the field, is read", {}, async (page) => {
  await paste(page, csv());
  await complete(page, "Pasted table");
  assert.match(await region(page, "Data").innerText(), /90 rows/);

  const data = region(page, "Data");
  await data.locator("summary", { hasText: "Paste a table" }).click();
  const text = data.getByRole("textbox", { name: "Paste a table" });
  await text.fill(csv(grid({ ratios: [0, 0.2, 0.5, 1] })));
  await data.getByRole("button", { name: "Open pasted table" }).click();
  await data.getByText(/^72 rows/).first().waitFor();
  await complete(page);
});

pageTest(world, "a file is picked by the button", {}, async (page) => {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose a file" }).click()]);
  await chooser.setFiles({ name: "picked.csv", mimeType: "text/csv", buffer: Buffer.from(csv()) });
  await complete(page, "picked.csv");
});

pageTest(world, "a messy file: problems by row and column, the rest is used", {}, async (page) => {
  const { text, rows, bad } = messy();
  await drop(page, "messy.csv", text);
  await complete(page, "messy.csv");
  const data = region(page, "Data");
  const problems = await data.getByRole("listitem").allInnerTexts();
  for (const { line, column, read } of bad) {
    assert.ok(problems.some((problem) => problem.includes(`${line}`) && problem.includes(column) && problem.includes(read)), `${line}, ${column} in ${JSON.stringify(problems)}`);
  }
  assert.match(await data.innerText(), new RegExp(`(${rows - 2}|${rows - 1}) of ${rows} rows used`));
  for (const name of ["General loss", "Domain loss"]) assert.ok((await loss(page, name)).value > 0);
});

pageTest(world, "files nobody can use give one sentence and the earlier data stays", {}, async (page) => {
  await drop(page, "good.csv", csv());
  await complete(page, "good.csv");
  const before = await loss(page, "Domain loss");
  const useless = {
    "empty.csv": "",
    "binary.csv": Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197) % 256)),
    "header.csv": "params,tokens,domain_ratio,general_loss,domain_loss\n",
  };
  for (const [name, content] of Object.entries(useless)) {
    await drop(page, name, content);
    const alert = page.getByRole("alert");
    await alert.getByText(name).waitFor();
    assert.match(await alert.innerText(), /kept/);
    assert.match(await region(page, "Data").innerText(), /good\.csv/);
    assert.equal((await loss(page, "Domain loss")).value, before.value);
    await alert.getByRole("button", { name: "Dismiss" }).click();
    await alert.waitFor({ state: "detached" });
  }
  await slider(page, "Domain ratio").press("PageUp");
  await until("the sliders still move the loss", async () => (await loss(page, "Domain loss")).value !== before.value);
});

const workbook = () => readFileSync(new URL("../fixtures/shapes/workbook.xlsx", import.meta.url));

pageTest(world, "a workbook is opened by a module that nobody else pays for", {}, async (page) => {
  const fetched = () => world.requests.filter((request) => /workbook-/.test(request.path)).length;
  world.requests.length = 0;
  await drop(page, "plain.csv", csv());
  await complete(page, "plain.csv");
  assert.equal(fetched(), 0, "no workbook yet");
  await drop(page, "runs.xlsx", workbook());
  const data = region(page, "Data");
  const opened = (name) => until(`${name} is open`, async () => (await data.innerText()).includes(`${name} your file`));
  await opened("runs.xlsx");
  assert.equal(fetched(), 2, "the module is fetched once: its JavaScript and its WebAssembly");
  // The same table as tests/fixtures/shapes/plain.csv.
  const rows = readFileSync(new URL("../fixtures/shapes/plain.csv", import.meta.url), "utf8").trim().split("\n").length - 1;
  assert.match(await data.innerText(), new RegExp(`${rows} rows`));
  await drop(page, "again.xlsx", workbook());
  await opened("again.xlsx");
  assert.equal(fetched(), 2);
});

pageTest(world, "a broken workbook is refused in a sentence, and the earlier data stays", {}, async (page) => {
  await drop(page, "good.csv", csv());
  await complete(page, "good.csv");
  const broken = { "cut.xlsx": workbook().subarray(0, 900), "noise.xlsx": Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(500, 7)]), "old.xls": Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]) };
  for (const [name, content] of Object.entries(broken)) {
    await drop(page, name, content);
    const alert = page.getByRole("alert");
    await alert.getByText(name).waitFor();
    assert.match(await alert.innerText(), /The workbook can’t be read \(.+\): save the sheet as CSV and open that\./);
    assert.match(await alert.innerText(), /kept/);
    assert.match(await region(page, "Data").innerText(), /good\.csv/);
    await alert.getByRole("button", { name: "Dismiss" }).click();
    await alert.waitFor({ state: "detached" });
  }
  // The worker goes on.
  await drop(page, "after.csv", csv());
  await complete(page, "after.csv");
});
