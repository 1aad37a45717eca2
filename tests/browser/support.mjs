// What every browser test shares: one browser, the release build under a sub-path, and a page that watches itself.
//
// Things are found by role and label, as a person finds them. Waiting is for conditions, never for seconds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium, firefox } from "playwright-core";
import { serve } from "../../tools/serve.mjs";

// The page is hosted under a path of somebody's site: nothing may rely on lying at the root.
const SUB_PATH = "/some/sub/path/";
// Long enough for a cold start on a busy machine; a condition that holds earlier ends the wait.
export const PATIENCE = 20_000;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser, server;

/** Starts the server and the browser; call once in each test file. Returns a handle on both. */
export function setUp() {
  const requests = [];
  const world = { requests };
  before(async () => {
    server = await serve(new URL("../../dist", import.meta.url).pathname, { path: SUB_PATH, seen: (request) => requests.push(request) });
    browser = await launch();
    Object.assign(world, { browser, url: server.url });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
  return world;
}

/** Whether these tests run in Firefox, by its own protocol (WebDriver BiDi); else in Chromium. */
export const IN_FIREFOX = process.env.BROWSER === "firefox";

/** Starts the browser; asks nobody anything in the background. */
export function launch({ colorScheme = "light" } = {}) {
  if (IN_FIREFOX) {
    return firefox.launch({
      channel: "moz-firefox",
      executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr",
      // What a context of Chromium is told, Firefox takes from its preferences: 0 is dark, 1 is light.
      firefoxUserPrefs: { "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1, "ui.prefersReducedMotion": 1 },
    });
  }
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/**
 * A test on a page that is open and fitted. Afterwards it fails on anything the page did that no page of ours may do: a
 * console error, a word about the content security policy, an uncaught error, a missing file, another host asked.
 */
export function pageTest(world, name, { width = 1440, height = 900, colorScheme = "light", opened = true, ...rest }, body) {
  test(name, { timeout: 6 * PATIENCE, ...rest }, async () => {
    // What is kept for use without a network has tests of its own (offline.test.mjs): here every file comes from the server.
    // Firefox takes its theme when it starts.
    const own = IN_FIREFOX && colorScheme === "dark" ? await launch({ colorScheme }) : null;
    const context = await (own ?? world.browser).newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce", serviceWorkers: "block" });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const wrong = [];
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" || /content security policy/i.test(text)) wrong.push(`console: ${text}`);
    });
    page.on("pageerror", (error) => wrong.push(`uncaught: ${error.message}`));
    context.on("request", (request) => {
      const address = request.url();
      if (!address.startsWith(world.url) && !/^(blob|data):/.test(address)) wrong.push(`asked another host or path: ${address}`);
    });
    context.on("response", (response) => response.status() >= 400 && wrong.push(`${response.status()}: ${response.url()}`));
    try {
      if (opened) {
        await page.goto(world.url);
        await whole(page);
        await standing(page);
      }
      await body(page, world);
      assert.deepEqual(wrong, []);
    } finally {
      await context.close();
      await own?.close();
    }
  });
}

/** Waits until `condition` resolves to something true; `what` names it where it never does. */
export async function until(what, condition, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** Waits until the whole page has taken over from the first screen. */
export const whole = (page) => page.locator("html[data-whole]").waitFor({ state: "attached" });

/** Waits until the page stands with both losses of its example and their intervals; draws may go on. */
export async function standing(page) {
  for (const name of ["General loss", "Domain loss"]) await page.getByRole("region", { name, exact: true }).getByText(/law \d/).first().waitFor({ state: "attached" });
}

/** Waits until the fit is complete with all its draws, of the file named where one is. */
export async function complete(page, file) {
  if (file) await page.locator("#data").getByText(file).first().waitFor({ state: "attached" });
  // A thousand draws are seconds of processor, which a busy machine has not.
  await page.getByText(/^Complete: \d+ paired draws/).waitFor({ state: "attached", timeout: 3 * PATIENCE });
}

export const region = (page, name) => page.getByRole("region", { name, exact: true });
export const slider = (page, label) => page.getByRole("slider", { name: label, exact: true });
export const field = (page, label) => page.getByRole("textbox", { name: new RegExp(`^${label}, `) });

/** Pastes a text anywhere on the page. */
export const paste = (page, text) => page.evaluate((text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  // Firefox takes the text by names of its own.
  const what = { clipboardData, dataType: "text/plain", data: text };
  document.body.dispatchEvent(new ClipboardEvent("paste", { ...what, bubbles: true, cancelable: true }));
}, text);

/** Types into a field and leaves it, key by key: a browser tells of a change only where a person made it. */
export async function type(input, text, leave = "Enter") {
  await input.focus();
  await input.press("Control+A");
  await input.pressSequentially(text);
  await input.press(leave);
}

/** What the page offers to save when something is done: the file's name, its bytes and its text. */
export async function offered(page, done) {
  if (!IN_FIREFOX) {
    const download = page.waitForEvent("download");
    await done();
    const file = await download;
    const bytes = readFileSync(await file.path());
    return { name: file.suggestedFilename(), bytes, text: bytes.toString() };
  }
  // Firefox's protocol says nothing of downloads without a window: there the link that the page presses is listened to.
  await page.evaluate(() => {
    window.offered = null;
    const blobs = new Map();
    const taken = async ({ href, download }) => {
      const file = blobs.get(href) ?? (await fetch(href));
      window.offered = { name: download, bytes: [...new Uint8Array(await file.arrayBuffer())] };
    };
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      const address = createObjectURL(blob);
      blobs.set(address, blob);
      return address;
    };
    // The page's own presses, then a person's.
    HTMLAnchorElement.prototype.click = function () {
      void taken(this);
    };
    const pressed = ({ target }) => target.closest("a[download]") && taken(target.closest("a[download]"));
    document.addEventListener("click", pressed, { capture: true, once: true });
  });
  await done();
  await page.waitForFunction(() => window.offered);
  const { name, bytes } = await page.evaluate(() => window.offered);
  return { name, bytes: Buffer.from(bytes), text: Buffer.from(bytes).toString() };
}

/** A predicted loss as a person reads it: the number, its change from the base model, its interval. */
export async function loss(page, name) {
  const text = (await region(page, name).innerText()).replaceAll("−", "-");
  const value = text.match(/\b\d+\.\d{2,}\b/);
  const change = text.match(/([+-]\d+\.\d+) \(/);
  const interval = text.match(/law (\d+\.\d+)–(\d+\.\d+)/);
  return {
    text,
    value: value && Number(value[0]),
    change: change && Number(change[1]),
    law: interval && [Number(interval[1]), Number(interval[2])],
  };
}

/** No rule of axe is broken. It is put in by the debugger: the page's policy would not let it in. */
export async function accessible(page, state) {
  await page.evaluate(AXE);
  const broken = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
  });
  assert.deepEqual(broken, [], state);
}

/** Drops a file on the page as the browser would. */
export async function drop(page, name, content) {
  const bytes = [...Buffer.from(content)];
  const dataTransfer = await page.evaluateHandle(([name, text, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text ?? new Uint8Array(bytes)], name, { type: "text/csv" }));
    return transfer;
  }, typeof content === "string" ? [name, content, []] : [name, null, bytes]);
  await page.dispatchEvent("body", "dragenter", { dataTransfer });
  await page.getByText("Drop the file to open it").waitFor();
  await page.dispatchEvent("body", "drop", { dataTransfer });
  await page.getByText("Drop the file to open it").waitFor({ state: "detached" });
}

/** What the page keeps in the browser's storage: the sessions of each database. */
export const kept = (page) =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const found = {};
    for (const { name } of databases) {
      const db = await new Promise((yes, no) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => yes(request.result);
        request.onerror = () => no(request.error);
      });
      const all = await new Promise((yes) => {
        const request = db.transaction("sessions").objectStore("sessions").getAll();
        request.onsuccess = () => yes(request.result);
      });
      db.close();
      found[name] = all.map((text) => JSON.parse(text));
    }
    return found;
  });

/** The sessions of all databases. */
export const records = async (page) => Object.values(await kept(page)).flat();

/** A plot is zoomed and moved by keys, wheel, drag and buttons, and what is shown is what is saved; `far` is the key of the
 * point farthest from where Shift and the right arrow lead. */
export async function zoomsAndMoves(page, within, plot, far) {
  const saved = async () => (await offered(page, () => within.getByRole("button", { name: "Save as SVG" }).first().press("Enter"))).text;
  const all = await saved();
  const whole = within.getByRole("button", { name: "Whole" });
  assert.equal(await whole.getAttribute("aria-disabled"), "true");
  const differs = async (what, before) => {
    const now = await saved();
    assert.notEqual(now, before, what);
    return now;
  };
  await plot.press("+");
  let now = await differs("plus zooms", all);
  assert.equal(await whole.getAttribute("aria-disabled"), null);
  await plot.press("Shift+ArrowRight");
  now = await differs("Shift and an arrow move it", now);
  for (let k = 0; k < 12; k += 1) await plot.press("Shift+ArrowRight");
  now = await saved();
  await plot.press(far);
  assert.notEqual(await saved(), now, "the cursor brings its point into sight");
  await plot.press("0");
  assert.equal(await saved(), all);
  await within.getByRole("button", { name: "Zoom in" }).press("Enter");
  now = await differs("a button zooms", all);
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 80, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  now = await differs("a drag moves it", now);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await until("Ctrl and the wheel zoom", async () => (await saved()) !== now);
  await whole.press("Enter");
  assert.equal(await saved(), all);
}
