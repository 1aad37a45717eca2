// What losses are shown in: the switch by keyboard, everything that follows it, what stays in nats, undo, links, files.
import assert from "node:assert/strict";
import { accessible, complete, drop, field, loss, offered, pageTest, region, setUp, type, until, whole } from "./support.mjs";
import { csv } from "./tables.mjs";

const world = setUp();
const option = (page, name) => page.getByRole("group", { name: "Losses in" }).getByRole("radio", { name, exact: true });
const row = (page, title) => page.locator("#decide details.ask").filter({ has: page.locator(`[role=group][aria-label="${title}"]`) });
const answer = async (page, title) => (await row(page, title).locator(".answer .words").innerText()).replace(/\s+/g, " ");
const caption = (page) => page.locator("#chart-panel table caption").textContent();

/** Opens the grid at a what-if inside it. */
async function open(page) {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  for (const [label, text] of [["Model size", "1.8B"], ["Token budget", "10B"]]) {
    await type(field(page, label), text);
  }
}

/** Chooses by keyboard, as a radio group is used: Tab to the chosen one, arrows from there. */
async function choose(page, from, key, to) {
  await option(page, from).focus();
  await page.keyboard.press(key);
  assert.equal(await option(page, to).isChecked(), true);
}

/** Within what rounding to three decimals of nats leaves of a perplexity. */
function isExp(shown, nats, what) {
  assert.ok(Math.abs(shown / Math.exp(nats) - 1) < 1.1e-3, `${what}: ${shown} is not exp(${nats}) = ${Math.exp(nats)}`);
}

pageTest(world, "by keyboard: losses, chart, table and decisions follow; undo takes it back", {}, async (page) => {
  await open(page);
  await row(page, "Trade-off").locator("> summary").press("Enter");
  // The base is so good that no ratio keeps a smaller rise.
  await type(row(page, "Trade-off").getByLabel("By at most", { exact: true }), "10 %");
  const said = /There the general loss is predicted at ([\d.]+) and the domain loss at ([\d.]+)\./;
  await until("an answer in nats", async () => said.test(await answer(page, "Trade-off")));
  const [nats, domain, before] = [await loss(page, "General loss"), await loss(page, "Domain loss"), (await answer(page, "Trade-off")).match(said)];
  assert.match(nats.text, /nats per token/);
  await until("the table's unit", async () => (await caption(page)).endsWith(", in nats per token"));

  await choose(page, "nats", "ArrowLeft", "perplexity");
  await until("the large losses follow", async () => /perplexity per token/.test((await loss(page, "General loss")).text));
  const [shown, other] = [await loss(page, "General loss"), await loss(page, "Domain loss")];
  for (const [one, of, name] of [[shown, nats, "general"], [other, domain, "domain"]]) {
    isExp(one.value, of.value, name);
    isExp(one.law[0], of.law[0], `${name}, lower end`);
    isExp(one.law[1], of.law[1], `${name}, upper end`);
  }
  // The change from the base is a ratio of perplexities.
  assert.match(shown.text.replace(/\s+/g, " "), /[+-]\d+\.\d %/);
  await until("no difference of them is shown or spoken", async () => (await loss(page, "General loss")).change === null);
  // The chart says it, in words and in its table.
  await until("the table's unit follows", async () => (await caption(page)).endsWith(", in perplexity per token"));
  const reading = page.getByRole("slider", { name: "Loss against mixture ratio: cursor" });
  const heard = (await reading.getAttribute("aria-valuetext")).match(/general ([\d.]+)/);
  isExp(Number(heard[1]), nats.value, "what the chart's cursor says");
  // The trade-off's own losses, and its limit in both.
  await until("the sentence follows", async () => {
    const now = (await answer(page, "Trade-off")).match(said);
    return now && now[1] !== before[1];
  });
  const now = (await answer(page, "Trade-off")).match(said);
  for (const at of [1, 2]) isExp(Number(now[at]), Number(before[at]), `sentence, ${at}`);
  assert.match(await answer(page, "Trade-off"), /% over the base model's [\d.]+, 10 % in nats\)/);
  await row(page, "Trade-off").getByLabel("By at most, in nats", { exact: true }).waitFor();
  // The law itself stays in nats.
  assert.match(await region(page, "Fit").innerText(), /L in nats per token/);
  await accessible(page, "perplexity");

  await page.keyboard.press("Control+z");
  await page.getByRole("status").filter({ hasText: "Undone: what losses are shown in." }).waitFor();
  await until("nats again", async () => (await loss(page, "General loss")).value === nats.value);
  await until("there, too", async () => (await answer(page, "Trade-off")).match(said)?.[1] === before[1]);
  assert.equal(await option(page, "nats").isChecked(), true);
});

pageTest(world, "a limit typed as a perplexity is the same limit", {}, async (page) => {
  await open(page);
  const panel = row(page, "Trade-off");
  await panel.locator("> summary").press("Enter");
  await panel.getByLabel("General loss may rise", { exact: true }).selectOption("to a loss I type");
  const limit = (label, text) => type(panel.getByLabel(label, { exact: true }), text);
  const figure = () => panel.locator("> summary .figure").innerText();
  const asked = () => panel.locator("> summary .question").innerText();
  await limit("Loss, nats", "2.25");
  await until("the answer in nats", async () => (await asked()) === "General loss may be 2.250 at most" && /% domain$/.test(await figure()));
  const before = await figure();
  await option(page, "perplexity").check();
  await until("the same question", async () => (await asked()) === "General loss may be 9.488 at most");
  assert.equal(await panel.getByLabel("Loss, perplexity", { exact: true }).inputValue(), "9.48774");
  assert.equal(await figure(), before);
  await limit("Loss, perplexity", "12");
  await until("another limit", async () => (await asked()) === "General loss may be 12.00 at most");
  await limit("Loss, perplexity", "0.9");
  await panel.getByText("Type a perplexity above 1 such as 17.5. 12 is kept.").waitFor();
  await panel.getByLabel("Loss, perplexity", { exact: true }).press("Escape");
  await limit("Loss, perplexity", String(Math.exp(2.25)));
  await until("the limit of before", async () => (await asked()) === "General loss may be 9.488 at most" && (await figure()) === before);
});

pageTest(world, "a file written in bits opens in bits; a link carries what is shown, with the file and without", { timeout: 240_000 }, async (page) => {
  const [head, ...rows] = csv().trim().split("\n");
  const names = head.split(",");
  const losses = names.map((name, at) => [name, at]).filter(([name]) => /loss/.test(name)).map(([, at]) => at);
  const bits = rows.map((line) => line.split(",").map((cell, at) => (losses.includes(at) && cell ? (Number(cell) / Math.LN2).toFixed(6) : cell)).join(","));
  await drop(page, "nats.csv", csv());
  await complete(page, "nats.csv");
  const nats = await loss(page, "Domain loss");
  await drop(page, "bits.csv", [names.map((name, at) => (losses.includes(at) ? `${name}_bits` : name)).join(","), ...bits].join("\n"));
  await complete(page, "bits.csv");
  assert.equal(await option(page, "bits").isChecked(), true, "the file's own measure");
  const own = await loss(page, "Domain loss");
  assert.ok(Math.abs(own.value * Math.LN2 - nats.value) < 2e-3, `${own.value} bits, ${nats.value} nats`);
  assert.match(own.text, /bits per token/);

  const address = async () => {
    await page.getByRole("banner").getByRole("button", { name: "Share", exact: true }).click();
    const text = page.getByRole("dialog", { name: "Share this view" }).getByRole("textbox", { name: "Link" });
    await until("the link is made", async () => /view=\d+\./.test(await text.inputValue()), 120_000);
    const link = await text.inputValue();
    await page.keyboard.press("Escape");
    return link;
  };
  const opens = async (link, name, unit) => {
    const context = await world.browser.newContext();
    const fresh = await context.newPage();
    await fresh.goto(link);
    await whole(fresh);
    await until(`it opens in ${unit}`, async () => {
      const there = region(fresh, "Domain loss");
      return (await there.count()) > 0 && (await there.innerText()).includes(unit);
    });
    assert.equal(await option(fresh, name).isChecked(), true);
    await context.close();
  };
  await opens(await address(), "bits", "bits per token");
  await option(page, "perplexity").check();
  await until("shown", async () => /perplexity/.test((await loss(page, "Domain loss")).text));
  await opens(await address(), "perplexity", "perplexity per token");
  // A reload brings it back, too.
  await page.reload();
  await whole(page);
  await complete(page, "bits.csv");
  assert.equal(await option(page, "perplexity").isChecked(), true);
});

pageTest(world, "pictures and the report are in what is shown, files for other programs in nats", {}, async (page) => {
  await open(page);
  const nats = await loss(page, "General loss");
  await row(page, "Take it away").locator("> summary").press("Enter");
  const save = async (button) => {
    const { text } = await offered(page, () => row(page, "Take it away").getByRole("button", { name: button, exact: true }).press("Enter"));
    return text;
  };
  const [python, yaml] = [await save("The law in Python"), await save("This recipe, YAML")];
  assert.match(await save("Chart, SVG"), />nats per token</);
  await option(page, "perplexity").check();
  await until("shown", async () => /perplexity/.test((await loss(page, "General loss")).text));
  assert.match(await save("Chart, SVG"), />perplexity per token</);
  const report = await save("Report to print");
  assert.match(report, /Loss, perplexity per token/);
  const shown = Number(report.match(/<tr><th>general_loss<td>([\d.]+)/)[1]);
  isExp(shown, nats.value, "the report's loss");
  assert.deepEqual([await save("The law in Python"), await save("This recipe, YAML")], [python, yaml], "files stay in nats");
});

for (const width of [390, 320]) {
  pageTest(world, `${width} px: the switch is in reach and nothing is wider than the window`, { width, height: 780 }, async (page) => {
    await option(page, "perplexity").scrollIntoViewIfNeeded();
    await option(page, "perplexity").check();
    await until("the losses follow", async () => /perplexity/.test((await loss(page, "General loss")).text));
    const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
    assert.ok(scroll <= inner, `${scroll} px of content in ${inner}`);
    await accessible(page, "perplexity, narrow");
  });
}

pageTest(world, "a printed law's loss follows, a printed share has no switch", {}, async (page) => {
  const menu = page.getByRole("combobox", { name: "Example", exact: true });
  await menu.selectOption("published:repeated");
  await region(page, "Loss").waitFor();
  const before = Number(await region(page, "Loss").locator(".big").innerText());
  await option(page, "perplexity").check();
  await until("its unit", async () => /perplexity per token/.test(await region(page, "Loss").innerText()));
  isExp(Number(await region(page, "Loss").locator(".big").innerText()), before, "the printed law");
  const share = await menu.locator("option").evaluateAll((all) => all.map((option) => option.value).find((value) => /:cmr-/.test(value)));
  await menu.selectOption(share);
  await region(page, "Critical domain share").waitFor();
  assert.equal(await page.getByRole("group", { name: "Losses in" }).count(), 0);
});
