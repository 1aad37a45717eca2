// Take it away: every file says what the page says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { complete, drop, field, loss, offered, pageTest, paste, region, setUp, slider, standing, type, until, whole } from "./support.mjs";
import { csv } from "./tables.mjs";

const world = setUp();

/** Opens the row by keyboard and answers a function that saves what a button offers. */
async function taking(page) {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  for (const [label, text] of [["Domain ratio", "40 %"], ["Model size", "1.8B"], ["Token budget", "10B"]]) {
    await type(field(page, label), text);
  }
  const row = page.locator("#decide details.ask").filter({ has: page.locator('[role=group][aria-label="Take it away"]') });
  await row.locator("> summary").press("Enter");
  return (button) => offered(page, () => row.getByRole("button", { name: button, exact: true }).press("Enter"));
}

const shown = async (page) => [(await loss(page, "General loss")).value, (await loss(page, "Domain loss")).value];

pageTest(world, "the snippet, the table, the recipe and the law say the page's losses", {}, async (page) => {
  const save = await taking(page);
  const [general, domain] = await shown(page);
  const snippet = await save("The law in Python");
  assert.equal(snippet.name, "ratioscope-law.py");
  const said = execFileSync("python3", ["-c", snippet.bytes.toString()], { encoding: "utf8" });
  const printed = said.trim().split("\n").map((line) => Number(line.split(" ").at(-1)).toFixed(3));
  assert.deepEqual(printed, [general, domain].map((value) => value.toFixed(3)));

  const table = (await save("Predictions on a grid, CSV")).bytes.toString().trim().split("\n").map((line) => line.split(","));
  const row = table.find(([size, tokens, share]) => Number(size) === 1.8e9 && Number(tokens) === 1e10 && share === "0.4");
  assert.equal(Number(row[3]).toFixed(3), general.toFixed(3));

  const recipe = (await save("This recipe, YAML")).bytes.toString();
  assert.match(recipe, /model_size: 1800000000\n {2}tokens: 10000000000\n {2}domain_ratio: 0\.4\n/);
  assert.match(recipe, /^# Ratioscope .* rows of grid\.csv/);

  const law = (await save("The law in LaTeX")).bytes.toString();
  assert.match(law, /\\begin\{equation\}/);
});

pageTest(world, "a new answer leaves the keyboard on the button it is on", {}, async (page) => {
  const save = await taking(page);
  assert.match((await save("This recipe, YAML")).bytes.toString(), /domain_ratio: 0\.4\n/);
  // As a finger moves it: the keyboard stays on the button.
  await slider(page, "Domain ratio").evaluate((input) => {
    input.value = input.max;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await until("the same button saves the new recipe", async () => {
    const { text } = await offered(page, () => page.keyboard.press("Enter"));
    return !/domain_ratio: 0\.4\n/.test(text);
  });
});

pageTest(world, "the chart as a picture, and the report with chart, decisions and parameters", {}, async (page) => {
  const save = await taking(page);
  const svg = (await save("Chart, SVG")).bytes.toString();
  assert.match(svg, /^<svg [^>]*viewBox="0 0 760 /);
  assert.match(svg, /<title>Loss against mixture ratio at 1\.8B parameters and 10B tokens<\/title>/);
  const png = await save("Chart, PNG");
  assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
  assert.equal(png.bytes.readUInt32BE(16), 2 * 760, "twice as sharp as its CSS pixels");

  const [general] = await shown(page);
  const figure = await page.locator("#decide details.ask .figure").first().innerText();
  const html = (await save("Report to print")).bytes.toString();
  assert.ok(html.includes(general.toFixed(3)), "the predicted loss");
  assert.ok(html.includes(figure), `the answer ${figure}`);
  for (const part of ["<svg", "grid.csv", "40 % domain data", "How to cite"]) assert.ok(html.includes(part), part);
  // It opens by itself, asks for nothing, and nothing on it is wider than the paper.
  const paper = await page.context().newPage();
  await paper.setViewportSize({ width: 794, height: 1123 });
  await paper.setContent(html);
  assert.ok(await paper.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "fits A4");
});

/** The fit as the page saves it. */
async function fitFile(page) {
  const { text } = await offered(page, () => page.getByRole("button", { name: "Save the fit as JSON", exact: true }).click());
  return text;
}

pageTest(world, "a fit that was saved opens again without its data, with the same losses and intervals", { timeout: 240_000 }, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  await type(field(page, "Domain ratio"), "40 %");
  // Without the words for screen readers, which wait until a slider rests.
  const said = async (page) => Promise.all(["General loss", "Domain loss"].map((name) => region(page, name).locator(".big, .chg, .int").allInnerTexts()));
  const before = await said(page);
  const recipe = await Promise.all(["Domain ratio", "Model size", "Token budget"].map((name) => field(page, name).inputValue()));
  const text = await fitFile(page);
  assert.equal(JSON.parse(text).file, "grid.csv");

  // A browser that knows nothing.
  const context = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  try {
    const fresh = await context.newPage();
    await fresh.goto(world.url);
    await whole(fresh);
    await standing(fresh);
    await drop(fresh, "saved.json", text);
    await fresh.getByText("A fit of grid.csv without its data.").waitFor();
    const set = async () => {
      for (const [at, name] of ["Domain ratio", "Model size", "Token budget"].entries()) {
        await type(field(fresh, name), recipe[at]);
      }
    };
    await set();
    await until("the same losses and intervals", async () => JSON.stringify(await said(fresh)) === JSON.stringify(before));
    assert.match(await region(fresh, "Fit").innerText(), /From a file: 1000 of 1000 paired draws/);
    // What needs the data says so; a reload keeps the fit and the choices.
    await fresh.getByRole("combobox", { name: "Law" }).selectOption("chinchilla");
    await fresh.getByRole("alert").getByText("saved.json holds a fit without its data: open grid.csv, which it was fitted to.").waitFor();
    await until("the choices are kept", async () => JSON.stringify(await said(fresh)) === JSON.stringify(before));
    await fresh.waitForTimeout(1500);
    await fresh.reload();
    await whole(fresh);
    await fresh.getByText("A fit of grid.csv without its data.").waitFor();
    await until("the same after a reload", async () => JSON.stringify(await said(fresh)) === JSON.stringify(before));
    // Pasted as text, from a file that does not say what it is a fit of.
    await paste(fresh, text.replace(/^ *"file": .*\n/m, ""));
    await fresh.getByText("A fit without its data.").waitFor();
    await region(fresh, "Data").getByText("Pasted table", { exact: true }).waitFor();
    await set();
    await until("the same from pasted text", async () => JSON.stringify(await said(fresh)) === JSON.stringify(before));
    // Another version, and one cut off: said, and what is open stays.
    for (const [damaged, words] of [[text.replace('"schema": 1', '"schema": 9'), /of another version of Ratioscope: its schema is 9/], [text.slice(0, 5000), /It holds a fit, but it is cut off or changed/]]) {
      await drop(fresh, "odd.json", damaged);
      await fresh.getByRole("alert").getByText(words).waitFor();
      assert.deepEqual(await said(fresh), before);
    }
  } finally {
    await context.close();
  }
});

pageTest(world, "a decision's plot and a chart of residuals are saved as pictures of their own", {}, async (page) => {
  await taking(page);
  const save = async (within) => {
    const { text } = await offered(page, () => within.getByRole("button", { name: "Save as SVG", exact: true }).first().press("Enter"));
    return text;
  };
  const frontier = page.locator("#decide details.ask").filter({ has: page.locator('[role=group][aria-label="Frontier"]') });
  await frontier.locator("> summary").press("Enter");
  const plot = frontier.getByRole("slider", { name: /^General against domain loss/ });
  await plot.waitFor();
  const drawn = await save(frontier);
  assert.match(drawn, /^<svg [^>]*viewBox="0 0 760 /);
  assert.ok(drawn.includes(`<title>${await plot.getAttribute("aria-label")}</title>`), drawn.slice(0, 600));
  await page.getByRole("tab", { name: "Residuals", exact: true }).press("Enter");
  const ask = page.locator("#details .asked button:enabled");
  if (await ask.count()) await ask.press("Enter");
  const chart = page.locator("#details figure").first();
  await chart.waitFor();
  const title = await chart.locator("figcaption").innerText();
  assert.ok((await save(chart)).includes(`<title>${title}</title>`), title);
});
