// Pictures of every view in both themes, wide and on a phone, with their index: `script/shots [--missing] [FOLDER [VIEW…]]`, default
// docs/pictures and every view. They are to be looked at, and committed where the page has changed.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../../tools/serve.mjs";
import { complete, drop, field, launch, region, whole } from "./support.mjs";
import { bothKinds, messy, mixtures } from "./tables.mjs";

// With --missing, pictures that are there are not taken again.
const missing = process.argv.includes("--missing");
const [folder = "docs/pictures", ...only] = process.argv.slice(2).filter((word) => word !== "--missing");

const button = (page, name) => page.getByRole("button", { name, exact: true });
const settled = async (page) => {
  await page.waitForFunction(() => document.querySelectorAll("#decide .stale").length === 0);
};

/** Opens a file of these bytes, fitted. */
const file = (name, text) => async (page) => {
  await drop(page, name, text);
  await complete(page, name);
};

/** Where Data and Fit are folded to a line, they are opened. */
const unfolded = (id) => async (page) => {
  const fold = page.locator(`#${id} > details`);
  if (await fold.evaluate((element) => !element.open)) await fold.locator("> summary").click();
  return page.locator(`#${id}`);
};

/** Opens the generated example, which has every answer. */
const generated = async (page) => {
  const fold = page.locator("#data > details");
  const folded = await fold.evaluate((element) => !element.open);
  await (await unfolded("data")(page)).getByLabel("Example", { exact: true }).selectOption("generated-grid");
  await complete(page, "generated-grid.csv");
  if (folded) await fold.locator("> summary").click();
};

/** A chart by its tab. */
const chart = (tab) => async (page) => {
  await page.getByRole("tab", { name: tab, exact: true }).click();
  return page.getByRole("tablist", { name: "Chart" });
};

/** A row of Decide, open and answered. */
const decision = (title) => async (page) => {
  const row = page.locator("#decide details.ask").filter({ has: page.locator(`[role=group][aria-label="${title}"]`) });
  await row.locator("> summary").click();
  await settled(page);
  return row;
};

/** A tab of the details, computed. */
const details = (tab) => async (page) => {
  await page.getByRole("tab", { name: tab, exact: true }).click();
  const panel = page.locator("#details [role=tabpanel]:not([hidden])");
  // The scores begin by themselves: then the button is the one that ends them.
  const ask = panel.locator(".asked button:enabled").filter({ hasNotText: "Cancel" });
  if (await ask.count()) await ask.click();
  await panel.locator("table").first().waitFor({ state: "attached" });
  return page.locator("#details");
};

/** A file's view: the row of Decide that answers for it. */
const both = (open, then) => async (page) => {
  await open(page);
  return then(page);
};

// Name, what it shows, and how a person gets there; the way returns what is to be seen, or nothing for the page's top.
const VIEWS = [
  ["open", "As it opens: an example, fitted, its answers there", async () => {}],
  ["data", "A file of one's own, with rows that can't be read", both(file("messy.csv", messy().text), unfolded("data"))],
  ["columns", "Columns and rows: every guess can be changed", async (page) => {
    await (await unfolded("data")(page)).getByRole("button", { name: "Columns and rows…" }).click();
  }],
  ["fit", "The fit: the law picked, its formula, its notes", unfolded("fit")],
  ["own-law", "A law of one's own, with a mistake in it", async (page) => {
    const panel = await unfolded("fit")(page);
    await panel.getByLabel("Law", { exact: true }).selectOption("own");
    await panel.getByLabel("Formula of the loss").fill("E + A/N^alpha + B*r^eta/D^^beta");
    await panel.getByLabel("Formula of the loss").press("Enter");
    await panel.getByText(/Character \d+:/).waitFor();
    return panel;
  }],
  ["size", "Loss against model size", both(generated, chart("Size"))],
  ["tokens", "Loss against tokens", both(generated, chart("Tokens"))],
  ["ratio-map", "Ratio × tokens, with contours and the limit", both(generated, chart("Ratio map"))],
  ["size-map", "Size × tokens", both(generated, chart("Size map"))],
  ["zoomed", "Zoomed in, and rows being chosen", both(generated, async (page) => {
    await button(page, "Zoom in").click();
    await button(page, "Choose rows").click();
    return page.getByRole("tablist", { name: "Chart" });
  })],
  ["beyond", "A what-if beyond the data says by how much", both(generated, async (page) => {
    for (const [label, text] of [["Model size", "14B"], ["Token budget", "100B"]]) {
      await field(page, label).fill(text);
      await field(page, label).press("Enter");
    }
    return page.locator("#explore");
  })],
  ["trade-off", "Decide: the best ratio within a limit", both(generated, decision("Trade-off"))],
  ["limited", "Decide: limited domain data", both(generated, async (page) => {
    const row = await decision("Limited domain data")(page);
    await page.getByLabel("Domain tokens that exist").fill("5B");
    await page.getByLabel("Each may be seen, times").fill("4");
    await page.getByLabel("Each may be seen, times").press("Enter");
    await page.getByRole("region", { name: "Pass by pass" }).waitFor();
    await settled(page);
    return row;
  })],
  ["allocation", "Decide: a budget on size and tokens", both(generated, decision("Allocation"))],
  ["frontier", "Decide: what one loss costs in the other", both(generated, decision("Frontier"))],
  ["start", "Decide: continued or from scratch", both(file("both.csv", bothKinds()), async (page) => {
    const row = await decision("Continued or from scratch?")(page);
    await row.getByLabel("Compute, FLOPs").fill("1e21");
    await row.getByLabel("Compute, FLOPs").press("Enter");
    await settled(page);
    return row;
  })],
  ["tasks", "Decide: every evaluation set against the base", both(generated, decision("Should we at all?"))],
  ["pins", "Pinned what-ifs side by side", both(generated, async (page) => {
    await button(page, "Pin this what-if").click();
    await field(page, "Domain ratio").fill("20 %");
    await field(page, "Domain ratio").press("Enter");
    await button(page, "Pin this what-if").click();
    return decision("Pinned what-ifs")(page);
  })],
  ["design", "No data yet: what to run first", both(generated, decision("No data yet"))],
  ["out-of-sample", "Scores on what was left out", both(generated, details("Out of sample"))],
  ["laws", "Law against law", both(generated, details("Laws compared"))],
  ["residuals", "Residuals, outliers, what trades off", both(generated, details("Residuals"))],
  ["published", "A printed law without a file", async (page) => {
    await (await unfolded("data")(page)).getByLabel("Example", { exact: true }).selectOption("published:chinchilla");
    await region(page, "Law").waitFor();
  }],
  ["corpora", "Several corpora: a triangle, sliders that add up to one", both(file("three.csv", mixtures(["web", "books", "code"])), settled)],
  ["seven-corpora", "More than three: the shares a row each", both(file("seven.csv", mixtures(["arxiv", "book", "c4", "github", "commoncrawl", "stackexchange", "wikipedia"])), async (page) => {
    await decision("Mixture of several corpora")(page);
    return page.locator("#explore");
  })],
  ["share", "A link, and its code for phones", async (page) => {
    await button(page, "Share").click();
    await page.getByRole("dialog").getByRole("img").first().waitFor();
  }],
  ["help", "Help with examples that move", async (page) => {
    await button(page, "Help").click();
    await page.getByRole("dialog").waitFor();
  }],
  ["tour", "The tour: four steps", async (page) => {
    await button(page, "Help").click();
    await button(page, "Take the tour: four steps").click();
    await button(page, "Next").click();
    return null;
  }],
  ["bad-file", "A file that can't be read: what is wrong, and what is kept", async (page) => {
    await drop(page, "empty.csv", "");
    await page.getByRole("alert").waitFor();
  }],
];
const SCREENS = [["wide", 1440, 900, 1], ["narrow", 390, 844, 1]];

mkdirSync(folder, { recursive: true });
const server = await serve("dist", { path: "/some/sub/path/" });
const browser = await launch();
for (const [screen, width, height, deviceScaleFactor] of SCREENS) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, , reach] of VIEWS.filter(([view]) => only.length === 0 || only.includes(view))) {
      const place = join(folder, `${name}-${screen}-${colorScheme}.webp`);
      if (missing && existsSync(place)) continue;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor, reducedMotion: "reduce", serviceWorkers: "block" });
      const page = await context.newPage();
      context.setDefaultTimeout(60_000);
      await page.goto(server.url);
      await whole(page);
      await complete(page);
      await settled(page);
      const seen = await reach(page);
      // Below the sticky head of a narrow page, and with what a person is looking at near the top.
      if (seen) {
        await seen.evaluate((element) => {
          const head = [...document.querySelectorAll("header, #losses, .losses")].filter((part) => getComputedStyle(part).position === "sticky");
          const covered = Math.max(0, ...head.map((part) => part.getBoundingClientRect().bottom));
          window.scrollBy(0, element.getBoundingClientRect().top - covered - 16);
        });
      }
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const debug = await context.newCDPSession(page);
      const { data } = await debug.send("Page.captureScreenshot", { format: "webp", quality: 70 });
      writeFileSync(place, Buffer.from(data, "base64"));
      if (name === "open" && screen === "wide" && colorScheme === "light") await page.screenshot({ path: join(folder, "../page.png") });
      await context.close();
    }
  }
}
// Forced colours, 200 % zoom of a wide window (half its width in CSS pixels), and the narrowest screen that is promised.
if (only.length === 0) {
  for (const [name, options] of [
    ["forced-colours", { viewport: { width: 1440, height: 900 }, forcedColors: "active", colorScheme: "dark" }],
    ["zoomed-200", { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }],
    ["at-320", { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 }],
  ]) {
    const context = await browser.newContext({ ...options, serviceWorkers: "block" });
    const page = await context.newPage();
    await page.goto(server.url);
    await whole(page);
    await complete(page);
    await settled(page);
    const debug = await context.newCDPSession(page);
    const { data } = await debug.send("Page.captureScreenshot", { format: "webp", quality: 70 });
    writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, "base64"));
    await context.close();
  }
}
await browser.close();
server.close();

// The index.
const picture = (file, width, words) => `<a href="${file}"><img src="${file}" width="${width}" alt="${words}"></a>`;
const lines = ["# Every view", "", "Taken by `script/shots` from the page as built: wide (1440 px) and on a phone (390 px), light and dark.", ""];
for (const [name, words] of VIEWS) {
  const of = (screen, theme, width) => picture(`${name}-${screen}-${theme}.webp`, width, `${words}; ${screen}, ${theme}`);
  lines.push(`## ${words}`, "", `${of("wide", "light", 380)} ${of("wide", "dark", 380)} ${of("narrow", "light", 110)} ${of("narrow", "dark", 110)}`, "");
}
lines.push("## Forced colours, 200 % zoom, 320 px", "", ["forced-colours", "zoomed-200", "at-320"].map((name) => picture(`${name}.webp`, name === "at-320" ? 110 : 380, name)).join(" "), "");
writeFileSync(join(folder, "README.md"), lines.join("\n"));
console.log(`${readdirSync(folder).length} files in ${folder}`);
