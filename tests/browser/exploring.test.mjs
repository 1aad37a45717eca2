// The sliders and their fields move both predicted losses; dead sliders say why; everything works by keyboard alone.
import assert from "node:assert/strict";
import { complete, drop, field, loss, pageTest, region, setUp, slider, type, until } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const LABELS = ["Domain ratio", "Model size", "Token budget"];

async function both(page) {
  return [await loss(page, "General loss"), await loss(page, "Domain loss")];
}

/** Runs `action` and waits until both losses have moved. */
async function moves(page, what, action) {
  const before = await both(page);
  await action();
  await until(`${what} moves both losses`, async () => (await both(page)).every((now, i) => now.value !== null && now.value !== before[i].value));
}

pageTest(world, "sliders by keyboard and mouse move both losses", {}, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  for (const label of LABELS) {
    const control = slider(page, label);
    const shown = await field(page, label).inputValue();
    await moves(page, `${label} by keyboard`, () => control.press("Home"));
    assert.notEqual(await field(page, label).inputValue(), shown);
    const box = await control.boundingBox();
    await moves(page, `${label} by mouse`, () => page.mouse.click(box.x + box.width * 0.6, box.y + box.height / 2));
    assert.ok(await control.getAttribute("aria-valuetext"));
  }
});

pageTest(world, "the change from the base model follows the ratio", {}, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  const set = async (text) => {
    await type(field(page, "Model size"), "1.8B");
    await type(field(page, "Domain ratio"), text);
    await until(`a change from base at ${text}`, async () => (await loss(page, "Domain loss")).change !== null);
    return (await loss(page, "Domain loss")).change;
  };
  const much = await set("80 %");
  const little = await set("5 %");
  assert.ok(much < 0, `training on the domain lowers its loss: ${much}`);
  assert.notEqual(much, little);
});

pageTest(world, "fields read units; a field that can't be read says so and keeps the value", {}, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  const reads = { "Model size": { "1.8B": "1.8B", "900M": "900M" }, "Token budget": { "20B": "20B", "2.5e9": "2.5B" }, "Domain ratio": { "33 %": "33 %", "1:2": "33.3 %", 0.25: "25 %" } };
  for (const [label, texts] of Object.entries(reads)) {
    for (const [typed, shown] of Object.entries(texts)) {
      await type(field(page, label), typed);
      await until(`${label} shows ${shown} for ${typed}`, async () => (await field(page, label).inputValue()) === shown, 5000);
    }
    const before = await both(page);
    const kept = Object.values(texts).at(-1);
    await type(field(page, label), "lots");
    await page.getByText(new RegExp(`${kept.replace(".", "\\.")} is kept`)).waitFor();
    assert.equal(await field(page, label).getAttribute("aria-invalid"), "true");
    assert.deepEqual((await both(page)).map((now) => now.value), before.map((now) => now.value));
    await field(page, label).press("Escape");
    assert.equal(await field(page, label).inputValue(), kept);
  }
});

pageTest(world, "with one size the slider for it is locked, and says why", {}, async (page) => {
  await drop(page, "one-size.csv", csv(grid({ sizes: [1.8e9] })));
  await complete(page, "one-size.csv");
  assert.ok(await slider(page, "Model size").isDisabled());
  assert.ok(await field(page, "Model size").isDisabled());
  const why = await slider(page, "Model size").evaluate((control) => {
    const ids = (control.getAttribute("aria-describedby") ?? "").split(" ");
    return ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  });
  assert.match(why, /one size|one model size|single/i);
  await moves(page, "Domain ratio", () => slider(page, "Domain ratio").press("Home"));
});

pageTest(world, "draws are cancelled and taken up again", {}, async (page) => {
  // Enough rows that the draws take seconds: the button is there long before they end.
  const budgets = [0, ...Array.from({ length: 80 }, (_, i) => 2.5e8 * (i + 1))];
  await drop(page, "long.csv", csv(grid({ budgets })));
  await page.locator("#data").getByText("long.csv").first().waitFor({ state: "attached" });
  await page.getByText(/^Drawing intervals: \d+ of \d+/).waitFor();
  assert.ok(await page.getByRole("progressbar", { name: "Drawing intervals" }).isVisible());
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText(/^Stopped/).first().waitFor();
  assert.ok((await loss(page, "General loss")).value > 0, "the estimate stays");
  await page.getByRole("button", { name: "Fit again" }).click();
  await complete(page, "long.csv");
  assert.ok((await loss(page, "General loss")).law, "the intervals are there");
});

pageTest(world, "another law is chosen from the menu", {}, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  const law = region(page, "Fit").getByRole("combobox", { name: "Law" });
  const before = await law.inputValue();
  const others = await law.getByRole("option").evaluateAll((options) => options.map((option) => option.value));
  const other = others.find((value) => value && value !== before);
  const loss0 = await loss(page, "Domain loss");
  await law.selectOption(other);
  await until("the other law's prediction", async () => {
    const now = await loss(page, "Domain loss");
    return now.value !== null && now.value !== loss0.value;
  });
  await complete(page);
});

pageTest(world, "a slider that moves leaves the fit's tables as they are", {}, async (page) => {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
  await page.locator("table.parameters").waitFor();
  await page.evaluate(() => {
    window.made = [];
    const seen = (list) => list.forEach(({ target, addedNodes }) => addedNodes.length && window.made.push(target.closest("table, details")?.className));
    const watch = new MutationObserver(seen);
    for (const table of document.querySelectorAll("table.parameters, table.quality")) watch.observe(table, { subtree: true, childList: true });
    window.watched = document.querySelectorAll("table.parameters, table.quality").length;
  });
  assert.equal(await page.evaluate(() => window.watched), 2);
  for (const label of LABELS) await moves(page, label, () => slider(page, label).press("PageDown"));
  assert.deepEqual(await page.evaluate(() => window.made), []);
});

pageTest(world, "the main job by keyboard alone", {}, async (page) => {
  const focused = () => page.evaluate(() => {
    const at = document.activeElement;
    const name = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
    const style = getComputedStyle(at);
    return { name: name.trim(), type: at.type ?? at.tagName, ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
  });
  const tabTo = async (wanted) => {
    for (let i = 0; i < 120; i += 1) {
      await page.keyboard.press("Tab");
      const at = await focused();
      if (wanted(at)) return at;
    }
    return assert.fail(`no way there by Tab: ${wanted}`);
  };
  await page.keyboard.press("Tab");
  assert.match((await focused()).name, /skip/i);
  const button = await tabTo(({ name }) => name === "Choose a file");
  assert.ok(button.ring, "the focus is seen");
  const ratio = await tabTo(({ name, type }) => name === "Domain ratio" && type === "range");
  assert.ok(ratio.ring, "the focus is seen");
  await moves(page, "Domain ratio", () => page.keyboard.press("PageUp"));
  await tabTo(({ name, type }) => name.startsWith("Token budget,") && type === "text");
  const least = await slider(page, "Token budget").evaluate((control) => control.value);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(least === "0" ? "1M" : "100K");
  await moves(page, "Token budget", () => page.keyboard.press("Enter"));
});
