// The charts: every view, the what-if moved on them, zoom and pan, rows chosen and left out, words for who can't see them.
import assert from "node:assert/strict";
import { accessible, complete, drop, field, IN_FIREFOX, loss, offered, pageTest, records, setUp, slider, until, whole } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const plot = (page) => page.getByRole("slider", { name: /: cursor$/ });
const says = (page) => plot(page).getAttribute("aria-valuetext");
const button = (page, name) => page.locator("#chart-panel").getByRole("button", { name, exact: true });

/** Opens the generated grid, whose three axes all vary. */
async function open(page) {
  await drop(page, "grid.csv", csv());
  await complete(page, "grid.csv");
}

/** Chooses a view and waits until its chart stands. */
async function view(page, name, title) {
  await tab(page, name).click();
  await page.getByRole("slider", { name: `${title}: cursor` }).waitFor();
}

const TITLES = {
  Ratio: "Loss against mixture ratio",
  Size: "Loss against model size",
  Tokens: "Loss against token budget",
  "Ratio map": "Loss over mixture ratio and token budget",
  "Size map": "Loss over model size and token budget",
};

/** How many of a canvas's pixels are not the page's own. */
const inked = (page) => page.locator(".plot canvas.ground").evaluate((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) inked += 1;
  return inked;
});

pageTest(world, "a what-if moves over curves that stay as they were painted", {}, async (page) => {
  await open(page);
  const painted = (which) => page.locator(".plot canvas").nth(which).evaluate((canvas) => canvas.toDataURL());
  for (const [name, moved] of [["Ratio", "Domain ratio"], ["Tokens", "Token budget"]]) {
    await view(page, name, TITLES[name]);
    await until(`${name} is drawn`, async () => (await inked(page)) > 2000);
    const [ground, above] = [await painted(0), await painted(1)];
    await slider(page, moved).press("ArrowLeft");
    await until("the what-if has moved", async () => (await painted(1)) !== above);
    assert.equal(await painted(0), ground, name);
    await slider(page, "Model size").press("ArrowLeft");
    await until("the curves have moved", async () => (await painted(0)) !== ground);
  }
});

pageTest(world, "every chart says the losses and intervals that stand beside the sliders, and a zoom moves nothing below it", {}, async (page) => {
  await open(page);
  // From the plot: a click may scroll the page.
  const below = () => page.evaluate(() => {
    const [switched, plot] = ["#chart-panel .measure", "#chart-panel .plot"].map((which) => document.querySelector(which).getBoundingClientRect());
    return [Math.round(switched.x - plot.x), Math.round(switched.y - plot.y)];
  });
  for (const [name, title] of Object.entries(TITLES)) {
    await view(page, name, title);
    const beside = await Promise.all(["General loss", "Domain loss"].map((name) => page.getByRole("region", { name, exact: true }).locator(".int").innerText()));
    const laws = beside.map((text) => text.match(/law ([\d.]+–[\d.]+)/)[1]);
    await until(`${name} says the same`, async () => {
      const said = [...(await says(page)).matchAll(/\(([\d.]+–[\d.]+)\)/g)].map(([, ends]) => ends);
      return JSON.stringify(said) === JSON.stringify(laws);
    });
    const stood = await below();
    await button(page, "Zoom in").click();
    await until("it is zoomed", async () => (await button(page, "Whole").getAttribute("aria-disabled")) === null);
    assert.deepEqual(await below(), stood, name);
    await button(page, "Whole").click();
  }
});

pageTest(world, "every view is drawn, in the same box, and said in a table", {}, async (page) => {
  await open(page);
  const box = await plot(page).boundingBox();
  for (const [name, title] of Object.entries(TITLES)) {
    await view(page, name, title);
    await until(`${name} is drawn`, async () => (await inked(page)) > 2000);
    assert.deepEqual(await plot(page).boundingBox(), box, name);
    await page.locator("#chart-panel table caption").filter({ hasText: /^Predicted loss/ }).waitFor({ state: "attached" });
    const axis = name.startsWith("Size") ? /model size/ : name === "Tokens" ? /token budget/ : /domain share/;
    await until(`the table of ${name}`, async () => axis.test(await page.locator("#chart-panel table caption").textContent()));
    assert.equal(await tab(page, name).getAttribute("aria-selected"), "true");
  }
});

pageTest(world, "tabs by arrow keys; what is looked at is undone and comes back with a reload", {}, async (page) => {
  await open(page);
  await tab(page, "Ratio").focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("slider", { name: `${TITLES.Size}: cursor` }).waitFor();
  await until("the focus follows", () => page.evaluate(() => document.activeElement.textContent === "Size"));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone: chart shown.").waitFor();
  await page.getByRole("slider", { name: `${TITLES.Ratio}: cursor` }).waitFor();
  await view(page, "Size map", TITLES["Size map"]);
  await until("the choice is kept", async () => (await records(page)).some((record) => /"view":"size-map"/.test(record.settings)));
  await page.reload();
  await whole(page);
  await page.getByRole("slider", { name: `${TITLES["Size map"]}: cursor` }).waitFor();
  assert.equal(await tab(page, "Size map").getAttribute("aria-selected"), "true");
});

pageTest(world, "the what-if is moved on a map by pointer and by keys", {}, async (page) => {
  await open(page);
  await view(page, "Ratio map", TITLES["Ratio map"]);
  const before = [await field(page, "Domain ratio").inputValue(), await field(page, "Token budget").inputValue()];
  const box = await plot(page).boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 120, { steps: 4 });
  await page.mouse.up();
  await until("both sliders follow", async () => {
    const now = [await field(page, "Domain ratio").inputValue(), await field(page, "Token budget").inputValue()];
    return now.every((value, i) => value !== before[i]);
  });
  // The line above the map says what the losses beside it say.
  await plot(page).focus();
  await page.mouse.move(5, 5);
  const [general, domain] = [await loss(page, "General loss"), await loss(page, "Domain loss")];
  await until("the losses of the what-if", async () => {
    const text = await says(page);
    return text.includes(`general ${general.value.toFixed(3)}`) && text.includes(`domain ${domain.value.toFixed(3)}`);
  });
  const size = await field(page, "Model size").inputValue();
  await page.keyboard.press("End");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await until("the ratio is set by keys", async () => (await field(page, "Domain ratio").inputValue()) === "100 %");
  assert.equal(await field(page, "Model size").inputValue(), size, "the third axis stays");
  await page.getByRole("button", { name: "Undo" }).click();
  await until("one step back", async () => (await field(page, "Domain ratio").inputValue()) !== "100 %");
});

pageTest(world, "the cursor goes along sizes by keys and says losses, interval and the nearest measured row", {}, async (page) => {
  await open(page);
  await view(page, "Size", TITLES.Size);
  await plot(page).focus();
  await page.keyboard.press("ArrowRight");
  const text = await says(page);
  assert.match(text, /^[\d.]+[MB], general \d\.\d{3} \(\d\.\d{3}–\d\.\d{3}\), domain \d\.\d{3} \(\d\.\d{3}–\d\.\d{3}\)\. Measured: .*, line \d+$/);
  await page.keyboard.press("PageUp");
  assert.notEqual(await says(page), text);
  await page.keyboard.press("Escape");
  await until("the cursor is gone", async () => !(await says(page)).includes("Measured"));
});

pageTest(world, "zoom and pan by wheel, keys and buttons, and back to the whole", {}, async (page) => {
  await open(page);
  await view(page, "Tokens", TITLES.Tokens);
  const ends = async () => {
    const cells = page.locator("#chart-panel table tbody th");
    return [await cells.first().textContent(), await cells.nth(5).textContent(), await cells.last().textContent()];
  };
  const changed = async (what, from) => {
    await until(what, async () => String(await ends()) !== String(from));
    return ends();
  };
  await page.locator("#chart-panel table caption").filter({ hasText: /token budget/ }).waitFor({ state: "attached" });
  const all = await ends();
  const box = await plot(page).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  const top = await page.evaluate(() => scrollY);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -300);
  await page.keyboard.up("Control");
  const closer = await changed("the wheel zooms with Ctrl held", all);
  assert.equal(await page.evaluate(() => scrollY), top, "and does not scroll");
  await plot(page).focus();
  await page.keyboard.press("Shift+ArrowRight");
  const right = await changed("Shift and an arrow pan", closer);
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + box.width * 0.7, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 100, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  const dragged = await changed("a drag with Shift pans", right);
  await button(page, "Zoom in").click();
  const deeper = await changed("the button zooms", dragged);
  await page.keyboard.press("Tab");
  await plot(page).focus();
  await page.keyboard.press("0");
  await changed("0 shows the whole", deeper);
  assert.deepEqual(await ends(), all);
  await button(page, "Log").click();
  await changed("even steps", all);
  assert.equal(await button(page, "Log").getAttribute("aria-pressed"), "false");
});

pageTest(world, "a pinch zooms and leaves the what-if alone", { skip: IN_FIREFOX ? "fingers are made through Chromium's own protocol" : false }, async (page) => {
  await open(page);
  const before = await field(page, "Domain ratio").inputValue();
  const box = await plot(page).boundingBox();
  const client = await page.context().newCDPSession(page);
  const fingers = (apart) => [-1, 1].map((side, id) => ({ x: box.x + box.width / 2 + side * apart, y: box.y + 100, id }));
  const touch = (type, touchPoints) => client.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", fingers(40).slice(0, 1));
  await touch("touchStart", fingers(40));
  for (const apart of [60, 90, 120]) await touch("touchMove", fingers(apart));
  await touch("touchEnd", []);
  await until("less of the axis is shown", async () => (await button(page, "Whole").getAttribute("aria-disabled")) === null);
  assert.equal(await field(page, "Domain ratio").inputValue(), before);
});

pageTest(world, "rows are chosen by a rectangle and by keys, left out, and brought back by undo", {}, async (page) => {
  await open(page);
  const used = async () => (await page.locator("#data").innerText()).match(/(\d+) of (\d+) rows|(\d+) rows/)?.[0];
  const all = await used();
  await button(page, "Choose rows").click();
  await plot(page).evaluate((plot) => plot.scrollIntoView({ block: "center" }));
  const box = await plot(page).boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + 210, { steps: 4 });
  await page.mouse.up();
  await page.getByText(/^\d+ rows? chosen$/).waitFor();
  const count = Number((await page.getByText(/^\d+ rows? chosen$/).textContent()).match(/\d+/)[0]);
  assert.ok(count > 1, `${count}`);
  await button(page, "Leave out").click();
  await complete(page);
  await until("the rows are left out", async () => (await used()) !== all);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/^Undone: rows? left out\.$/).waitFor();
  await until("they are back", async () => (await used()) === all);
  await complete(page);
  // By keyboard alone: the row the cursor names.
  await button(page, "Choose rows").press("Enter");
  await plot(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.getByText("1 row chosen").waitFor();
  await button(page, "Leave out their runs").press("Enter");
  await until("the focus stays with the tools", () => page.evaluate(() => document.activeElement.id === "choose-rows"));
  await until("the run is left out", async () => (await used()) !== all);
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await until("all rows again", async () => (await used()) === all);
});

pageTest(world, "what does not vary is said, not drawn", {}, async (page) => {
  await drop(page, "one-size.csv", csv(grid({ sizes: [1.8e9] })));
  await complete(page, "one-size.csv");
  await tab(page, "Size").click();
  await page.getByText(/^Nothing varies along this chart: the file has one model size/).waitFor();
});

for (const name of ["Tokens", "Ratio map"]) {
  pageTest(world, `the picture to take away is the view: ${name}`, {}, async (page) => {
    await open(page);
    await view(page, name, TITLES[name]);
    const row = page.locator("#decide details.ask").filter({ has: page.locator('[role=group][aria-label="Take it away"]') });
    await row.locator("> summary").press("Enter");
    const { text: svg } = await offered(page, () => row.getByRole("button", { name: "Chart, SVG", exact: true }).press("Enter"));
    assert.ok(svg.includes(`<title>${TITLES[name]} at `), svg.slice(0, 500));
  });
}

for (const width of [1440, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    pageTest(world, `axe finds nothing on any view, ${width} px, ${colorScheme}`, { width, colorScheme }, async (page) => {
      await open(page);
      for (const [name, title] of Object.entries(TITLES)) {
        await view(page, name, title);
        await accessible(page, name);
      }
      await button(page, "Choose rows").click();
      await accessible(page, "rows are chosen");
      const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
      assert.ok(scroll <= inner, `${scroll} px of content in ${inner}`);
    });
  }
}
