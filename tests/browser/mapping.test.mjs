// The sheet with a file's columns and rows: what a newcomer needs to say what is what, by keyboard alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { complete, drop, loss, offered, pageTest, region, setUp, type, until } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sheet = (page) => page.getByRole("dialog", { name: /^Columns and rows of/ });
const role = (page, column) => sheet(page).getByRole("combobox", { name: `Role of ${column}`, exact: true });
const unit = (page, column) => sheet(page).getByRole("combobox", { name: `Unit of ${column}`, exact: true });
const rows = (page) => sheet(page).getByRole("region", { name: "Rows as understood" });
const needs = async (page) => (await sheet(page).getByRole("list", { name: "What the laws need" }).innerText()).replaceAll("\n", " ");

/** The grid under headers that say nothing, sizes in millions, tokens in billions. */
function nameless(table = grid()) {
  const lines = table.map((row) => [row.size / 1e6, row.tokens / 1e9, row.ratio, row.general.toFixed(5), row.domain.toFixed(5)].join(","));
  return ["q1,q2,q3,q4,q5", ...lines].join("\n") + "\n";
}

/** Opens the sheet by its button. */
async function openSheet(page) {
  await region(page, "Data").getByRole("button", { name: "Columns and rows…" }).click();
  await sheet(page).waitFor();
}

/** Presses Tab until the element has the keyboard, or Shift and Tab where it stands before: round over the end, the keyboard
 * would go through the browser's own bar, and in Firefox its driver leaves it there. */
async function tabTo(page, locator, what) {
  for (let presses = 0; presses < 200; presses++) {
    const key = await locator.evaluate((element) => {
      const now = document.activeElement;
      if (now === element) return null;
      return now.compareDocumentPosition(element) === Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
    }).catch(() => "Tab");
    if (key === null) return;
    await page.keyboard.press(key);
  }
  assert.fail(`Tab never reaches ${what}`);
}

/** Chooses an option of a menu by typing its name, as the keyboard does. */
async function chooseByKeyboard(page, menu, label, what) {
  await tabTo(page, menu, what);
  await page.keyboard.type(label);
  await until(`${what} is ${label}`, async () => (await menu.inputValue()) === label);
}

pageTest(world, "by keyboard alone, a newcomer says what the columns of a nameless file are", {}, async (page) => {
  await drop(page, "nameless.csv", nameless());
  // Nobody has to look for the place: the sheet is open.
  await sheet(page).waitFor();
  assert.match(await needs(page), /Model size is missing/);
  assert.match(await needs(page), /Choose the role “Tokens”/);
  for (const [column, label] of [["q1", "Model size"], ["q2", "Tokens"], ["q3", "Domain ratio"], ["q4", "General loss"], ["q5", "Domain loss"]]) {
    if ((await role(page, column).inputValue()) !== label) await chooseByKeyboard(page, role(page, column), label, `role of ${column}`);
    await until(`${column} is read as ${label}`, async () => (await role(page, column).inputValue()) === label);
  }
  await until("everything is there", async () => /have everything they need/.test(await needs(page)));
  if ((await unit(page, "q1").inputValue()) !== "millions") await chooseByKeyboard(page, unit(page, "q1"), "millions", "unit of q1");
  if ((await unit(page, "q2").inputValue()) !== "billions") await chooseByKeyboard(page, unit(page, "q2"), "billions", "unit of q2");
  // The preview shows what was understood, in human units, beside the file's text.
  await until("the preview follows", async () => /500M/.test(await rows(page).innerText()));
  const second = await rows(page).getByRole("row").nth(3).innerText();
  assert.match(second.replace(/\s+/g, " "), /^3 × 500M 1B 0 % \d\.\d{4} \d\.\d{4} 500 1 0 \d/);
  await tabTo(page, sheet(page).getByRole("button", { name: "Done" }), "Done");
  await page.keyboard.press("Enter");
  await sheet(page).waitFor({ state: "detached" });
  await complete(page, "nameless.csv");
  assert.ok((await loss(page, "Domain loss")).law);
  // The keyboard is back on the page, not lost.
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY");
});

pageTest(world, "Escape closes the sheet and the keyboard returns to its button", {}, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  await region(page, "Data").getByRole("button", { name: "Columns and rows…" }).focus();
  await page.keyboard.press("Enter");
  await sheet(page).waitFor();
  await page.keyboard.press("Escape");
  await sheet(page).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Columns and rows…");
});

pageTest(world, "a role is overridden in the sheet, the keyboard stays on it, and it is put back", {}, async (page) => {
  await drop(page, "roles.csv", csv());
  await complete(page, "roles.csv");
  await openSheet(page);
  assert.equal(await role(page, "domain_loss").inputValue(), "Domain loss");
  await role(page, "domain_loss").selectOption("Not used");
  await role(page, "domain_loss").focus();
  await until("the lack is said", async () => /No domain loss/.test(await needs(page)));
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Role of domain_loss");
  // Without any loss nothing can be fitted, and that is said where it can be mended.
  await role(page, "general_loss").selectOption("Not used");
  await until("no loss is left", async () => /No loss\./.test(await needs(page)));
  await sheet(page).getByRole("button", { name: "Undo for general_loss" }).click();
  await sheet(page).getByRole("button", { name: "Undo for domain_loss" }).click();
  await until("all is back", async () => /have everything they need/.test(await needs(page)));
  await sheet(page).getByRole("button", { name: "Done" }).click();
  await complete(page, "roles.csv");
  assert.ok((await loss(page, "Domain loss")).value > 0);
});

pageTest(world, "corrections are remembered for the next file with the same header, and forgotten on request", {}, async (page) => {
  await drop(page, "first.csv", csv());
  await complete(page, "first.csv");
  await openSheet(page);
  await role(page, "domain_loss").selectOption("Not used");
  await until("the role is set", async () => /No domain loss/.test(await needs(page)));
  await sheet(page).getByRole("button", { name: "Done" }).click();
  // The name in the browser's storage carries the path: other pages of this origin have theirs.
  const keys = await page.evaluate(() => Object.keys(localStorage));
  assert.ok(keys.some((key) => key.startsWith("ratioscope:/some/sub/path/:")), keys.join(" "));

  await drop(page, "second.csv", csv(grid({ ratios: [0, 0.2, 0.5, 1] })));
  await complete(page, "second.csv");
  await openSheet(page);
  await sheet(page).getByText("Roles as you set them last time").waitFor();
  assert.equal(await role(page, "domain_loss").inputValue(), "Not used");
  await sheet(page).getByRole("button", { name: "Forget them" }).click();
  await until("the role is recognised again", async () => (await role(page, "domain_loss").inputValue()) === "Domain loss");
  await sheet(page).getByRole("button", { name: "Done" }).click();
  assert.ok(!(await page.evaluate(() => Object.keys(localStorage))).some((key) => key.startsWith("ratioscope:/some/sub/path/:")));

  // A file with another header has nothing to do with it.
  await drop(page, "third.csv", csv());
  await complete(page, "third.csv");
  await openSheet(page);
  assert.equal(await sheet(page).getByText("Roles as you set them last time").count(), 0);
});

pageTest(world, "a browser that forbids storage forgets, and nothing breaks", { opened: false }, async (page) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("denied", "SecurityError"); } });
  });
  await page.goto(world.url);
  await complete(page);
  for (const name of ["first.csv", "second.csv"]) {
    await drop(page, name, csv());
    await complete(page, name);
    await openSheet(page);
    assert.equal(await role(page, "domain_loss").inputValue(), "Domain loss");
    await role(page, "domain_loss").selectOption("Not used");
    await until("the role is set", async () => /No domain loss/.test(await needs(page)));
    await sheet(page).getByRole("button", { name: "Done" }).click();
  }
});

pageTest(world, "the template that the page offers opens without a correction", {}, async (page) => {
  const { name, text } = await offered(page, () => region(page, "Data").getByRole("link", { name: "Template to fill in (CSV)" }).click());
  assert.equal(name, "ratioscope-template.csv");
  await drop(page, "template.csv", text);
  await complete(page, "template.csv");
  const said = await region(page, "Data").innerText();
  assert.match(said, /48 rows/);
  assert.doesNotMatch(said, /problem|to check|missing/);
});

pageTest(world, "filters and rows left out by hand: fewer rows are fitted, and all come back", {}, async (page) => {
  await drop(page, "filtered.csv", csv());
  await complete(page, "filtered.csv");
  await openSheet(page);
  const used = async () => Number((await rows(page).getByRole("table").getAttribute("aria-rowcount"))) - 2;
  assert.equal(await used(), 90);
  await sheet(page).getByText(/^Rows that count/).click();
  const form = sheet(page).getByRole("form", { name: "Add a filter" });
  await form.getByRole("combobox", { name: "Column to filter by" }).selectOption("params");
  await type(form.getByRole("combobox", { name: "Value kept" }), "500000000", "Tab");
  await form.getByRole("button", { name: "Add filter" }).click();
  await until("one size is left", async () => (await used()) === 30);
  await form.getByRole("combobox", { name: "Column to filter by" }).selectOption("tokens");
  await form.getByRole("combobox", { name: "Condition" }).selectOption("is between");
  await type(form.getByRole("combobox", { name: "Least value kept" }), "1B", "Tab");
  await type(form.getByRole("textbox", { name: "Largest value kept" }), "oops", "Tab");
  await form.getByRole("button", { name: "Add filter" }).click();
  await form.getByText("Type numbers such as").waitFor();
  await type(form.getByRole("textbox", { name: "Largest value kept" }), "5B", "Tab");
  await form.getByRole("button", { name: "Add filter" }).click();
  await until("three budgets are left", async () => (await used()) === 15);
  for (const button of ["Remove the filter: params is 500000000", "Remove the filter: tokens from 1000000000 to 5000000000"]) {
    await sheet(page).getByRole("button", { name: button }).click();
  }
  await until("all rows are back", async () => (await used()) === 90);

  await sheet(page).getByRole("button", { name: "Leave out row 5" }).click();
  await until("a row is left out", async () => (await used()) === 89);
  // The keyboard goes on to the row that took its place.
  await until("the next row has the keyboard", () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Leave out row 6"));
  await page.keyboard.press("Enter");
  await until("two rows are left out", async () => (await used()) === 88);
  // Along the rows by the arrow keys; for Tab the list is one stop, however long.
  await until("the next row has the keyboard", () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Leave out row 7"));
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Leave out row 8");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Leave out row 4");
  for (let press = 0; press < 3; press++) await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => !document.activeElement?.closest("table.rows")), "Tab leaves the list");
  await sheet(page).getByText("2 left out by hand").waitFor();
  await sheet(page).getByRole("button", { name: "Put back row 5" }).click();
  await until("one is back", async () => (await used()) === 89);
  await sheet(page).getByRole("button", { name: "Put all back" }).click();
  await until("all are back", async () => (await used()) === 90);
});

pageTest(world, "what no column says is typed: a size for all, refused where it is none", {}, async (page) => {
  const lines = csv().split("\n").map((line) => line.split(",").slice(1).join(",")); // no params
  await drop(page, "typed.csv", lines.join("\n"));
  await complete(page, "typed.csv");
  await openSheet(page);
  assert.match(await needs(page), /Model size is missing/);
  await sheet(page).getByText("Type what no column says").click();
  const size = sheet(page).getByRole("textbox", { name: "Model size", exact: true });
  await type(size, "big", "Tab");
  await sheet(page).getByText("Type a model size such as 1.8B or 350M.").waitFor();
  await type(size, "1.8 billion", "Tab");
  await until("every row has it", async () => /One model size, 1.8B/.test(await needs(page)));
  assert.equal(await size.inputValue(), "1.8B");
});

pageTest(world, "many rows are scrolled through by window, and one is found by its number", {}, async (page) => {
  const many = csv(Array.from({ length: 120 }, () => grid()).flat()); // 10,800 rows
  await drop(page, "many.csv", many);
  await page.locator("#data").getByText(/^10800 rows/).waitFor();
  await openSheet(page);
  const list = rows(page);
  const count = async () => list.getByRole("row").count();
  assert.ok((await count()) <= 30, `${await count()} rows in the document`);
  const first = async () => Number((await list.getByRole("rowheader").first().innerText()).trim());
  assert.equal(await first(), 2);
  await list.focus();
  await page.keyboard.press("End");
  await until("the last row is in sight", async () => (await list.getByRole("rowheader").last().innerText()).trim() === "10801");
  assert.ok((await count()) <= 30);
  await type(sheet(page).getByRole("textbox", { name: "Go to row" }), "5000");
  await until("row 5000 is first", async () => (await first()) === 5000);
});

/** Drops several files at once. */
async function dropFiles(page, files) {
  const dataTransfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name, { type: "text/csv" }));
    return transfer;
  }, Object.entries(files));
  await page.dispatchEvent("body", "drop", { dataTransfer });
}

pageTest(world, "several files at once are stacked or joined, and said to be; what does not go together is refused", {}, async (page) => {
  const table = grid();
  const half = table.length / 2;
  await dropFiles(page, { "first.csv": csv(table.slice(0, half)), "second.csv": csv(table.slice(half)) });
  await complete(page, "first.csv and second.csv");
  const data = region(page, "Data");
  await data.getByText("Stacked, as they have the same columns: first.csv, second.csv.").waitFor();
  assert.match(await data.innerText(), /90 rows/);

  const runs = table.filter((row) => row.tokens === 2e9);
  const mixtures = ["run,params,tokens,domain_ratio", ...runs.map((row, i) => `r${i},${row.size},${row.tokens},${row.ratio}`)].join("\n");
  const losses = ["run,general_loss,domain_loss", ...runs.map((row, i) => `r${i},${row.general.toFixed(5)},${row.domain.toFixed(5)}`)].reverse();
  const ordered = [losses.pop(), ...losses].join("\n");
  await dropFiles(page, { "mixtures.csv": mixtures, "losses.csv": ordered });
  await complete(page, "mixtures.csv and losses.csv");
  await data.getByText("Joined by the columns they share: mixtures.csv, losses.csv.").waitFor();
  const { value } = await loss(page, "Domain loss");

  // A role is changed: the same files are read again, and still go together.
  await openSheet(page);
  await role(page, "domain_loss").selectOption("Not used");
  await until("the role is set", async () => /No domain loss/.test(await needs(page)));
  await sheet(page).getByRole("button", { name: "Undo for domain_loss" }).click();
  await sheet(page).getByRole("button", { name: "Done" }).click();
  await until("it is back", async () => (await loss(page, "Domain loss")).value === value);

  await dropFiles(page, { "one.csv": csv(), "other.csv": "fruit,colour\napple,red\npear,green\n" });
  const alert = page.getByRole("alert");
  await alert.getByText(/one\.csv and other\.csv can.t be read/).waitFor();
  assert.match(await alert.innerText(), /kept/);
  assert.match(await data.innerText(), /mixtures\.csv and losses\.csv/);
});

pageTest(world, "the corpora of a mixture: a checkbox each says which are the domain", {}, async (page) => {
  const share = [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6], [0.1, 0.6, 0.3], [0.6, 0.1, 0.3]];
  const lines = [5e8, 1e9, 2e9].flatMap((size) => share.map(([web, code, math], i) =>
    [size, 1e9 * (i + 1), web, code, math, (3 - 0.2 * web + 100 / size ** 0.3 + 0.01 * i).toFixed(4), (2 - 0.5 * code + 100 / size ** 0.3).toFixed(4)].join(",")));
  await drop(page, "mixture.csv", ["params,tokens,weight_web,weight_code,weight_math,web_loss,code_loss", ...lines].join("\n"));
  await page.locator("#data").getByText(/^18 rows/).waitFor();
  if (!(await sheet(page).isVisible())) await openSheet(page);
  const corpora = sheet(page).getByRole("group", { name: /which corpora are the domain/ });
  const ratio = async () => (await rows(page).getByRole("row").nth(2).innerText()).replace(/\s+/g, " ");
  const box = (name) => corpora.getByRole("checkbox", { name: new RegExp(name) });
  for (const name of ["code", "math"]) if (!(await box(name).isChecked())) await box(name).click();
  for (const name of ["web"]) if (await box(name).isChecked()) await box(name).click();
  await until("both count as the domain", async () => / 30 % /.test(await ratio()));
  await box("math").click();
  await until("one counts as the domain", async () => / 20 % /.test(await ratio()));
});

pageTest(world, "encoding and delimiter are shown and overridden", {}, async (page) => {
  await drop(page, "semi.csv", csv().replaceAll(",", ";"));
  await complete(page, "semi.csv");
  await openSheet(page);
  await sheet(page).getByText("How the file is read: UTF-8, cells separated by semicolon").click();
  await sheet(page).getByRole("combobox", { name: "Cells are separated by" }).selectOption("tab");
  await until("it can't be read so", async () => (await page.getByRole("alert").count()) > 0 || /No loss/.test(await needs(page)));
  await sheet(page).getByRole("combobox", { name: "Cells are separated by" }).selectOption({ index: 0 });
  await until("it is found again", async () => /have everything they need/.test(await needs(page)));
  await sheet(page).getByRole("combobox", { name: "Its text is" }).selectOption("Windows-1252 (Latin-1)");
  await sheet(page).getByText("How the file is read: Windows-1252 (Latin-1), cells separated by semicolon").waitFor();
});

pageTest(world, "a big file's reading shows its bytes and can be cancelled; the earlier data stays", { timeout: 120_000 }, async (page) => {
  await drop(page, "small.csv", csv());
  await complete(page, "small.csv");
  await page.evaluate(() => {
    const lines = ["params,tokens,domain_ratio,general_loss,domain_loss\n"];
    for (let i = 0; i < 10_000; i++) lines.push(`${[5e8, 1e9, 2e9][i % 3]},${1e6 * (i + 1)},${(i % 11) / 10},${2 + 1 / (i + 1)},${1.5 + 1 / (i + 1)}\n`);
    const [head, ...rest] = lines;
    const block = new Blob([rest.join("")]);
    const transfer = new DataTransfer();
    transfer.items.add(new File([head, ...Array(250).fill(block)], "big.csv"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
  });
  await page.getByText(/^Reading big\.csv: [1-9]\d* of 1\d\d MB/).waitFor();
  assert.ok(await page.getByRole("progressbar", { name: "Reading the file" }).isVisible());
  await page.getByRole("button", { name: "Cancel" }).click();
  await complete(page, "small.csv");
  await page.getByText(/Reading big/).first().waitFor({ state: "detached" });
});

pageTest(world, "HTML and formulas in cells are text everywhere", {}, async (page) => {
  const evil = `<img src=x onerror="window.pwned=1"><b>bold</b>`;
  const header = `run,params,tokens,domain_ratio,general_loss,domain_loss,"${evil.replaceAll('"', '""')}"`;
  const lines = grid().map((row, i) => [i % 2 ? `"=HYPERLINK(""http://h/"",""x"")"` : `"<script>window.pwned=2</script>"`, row.size, row.tokens, row.ratio, row.general.toFixed(5), i === 4 ? `"${evil.replaceAll('"', '""')}"` : row.domain.toFixed(5), `"${evil.replaceAll('"', '""')}"`].join(","));
  await drop(page, `${"<i>name</i>"}.csv`, [header, ...lines].join("\n"));
  await page.locator("#data").getByText("<i>name</i>.csv").first().waitFor({ state: "attached" });
  await complete(page);
  await openSheet(page);
  const text = await sheet(page).innerText();
  for (const literal of ["<b>bold</b>", "<script>window.pwned=2</script>", "=HYPERLINK(", "<i>name</i>.csv"]) assert.ok(text.includes(literal), literal);
  assert.equal(await page.evaluate(() => document.querySelectorAll("img, #data b, dialog b, dialog i").length), 0);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
});

pageTest(world, "a file over 2 GB is refused in a sentence before it is read", {}, async (page) => {
  const read = await page.evaluate(() => {
    let read = false;
    const file = new File(["params,tokens\n1,2\n"], "huge.csv");
    Object.defineProperty(file, "size", { value: 2.4e9 });
    for (const way of ["arrayBuffer", "stream", "text", "slice"]) file[way] = () => { read = true; throw new Error("read"); };
    // A DataTransfer hands out copies; the page is given this very object.
    const event = new DragEvent("drop", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], files: { length: 1, item: () => file, 0: file } } });
    document.body.dispatchEvent(event);
    return read;
  });
  assert.equal(read, false);
  await page.getByRole("alert").getByText(/2\.4 GB, and 2 GB is the most/).waitFor();
  await complete(page);
});

for (const width of [1440, 390]) {
  pageTest(world, `axe finds nothing in the sheet at ${width} px`, { width }, async (page) => {
    for (const [name, content] of [["nameless.csv", nameless()], ["grid.csv", csv()]]) {
      await drop(page, name, content);
      await page.locator("#data").getByText(name).first().waitFor({ state: "attached" });
      if (name === "grid.csv") {
        await complete(page, name);
        if (width < 960) await region(page, "Data").locator("summary").first().click();
        await openSheet(page);
      } else await sheet(page).waitFor();
      for (const part of ["Type what no column says", /^Rows that count/, /^How the file is read/]) await sheet(page).getByText(part).click();
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target).join(" ")}`), [], name);
      const wider = await page.evaluate(() => document.querySelector("dialog").scrollWidth > document.querySelector("dialog").clientWidth);
      assert.ok(!wider, "the sheet does not scroll sideways");
      await sheet(page).getByRole("button", { name: "Done" }).click();
    }
  });
}
