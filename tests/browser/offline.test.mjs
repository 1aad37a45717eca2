// Without a network: after one visit the page opens, reads and fits with its server gone; a newer version announces itself.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../../tools/serve.mjs";
import { PATIENCE, complete, drop, launch, standing, until, whole } from "./support.mjs";
import { csv } from "./tables.mjs";

const DIST = new URL("../../dist", import.meta.url).pathname;
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A page of its own on a server of its own, which a test may close or change; `path` is where the page lies. */
async function visit(folder, path, body) {
  const server = await serve(folder, { path });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(PATIENCE);
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await whole(page);
    await standing(page);
    // Every file is there and the worker in charge.
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
    });
    await body(page, server, context);
  } finally {
    await context.close();
    server.close();
  }
}

test("after one visit the page works with its server gone", { timeout: 4 * PATIENCE }, () =>
  visit(DIST, "/some/where/", async (page, server) => {
    server.close();
    await assert.rejects(fetch(server.url), "the server is gone");
    await page.goto(`${server.url}?from=a-bookmark`);
    await whole(page);
    await standing(page);
    await drop(page, "grid.csv", csv());
    await complete(page, "grid.csv");
    // What was never loaded at the first visit: the answers of Decide, from workers of their own.
    const row = page.locator("#decide details.ask").first();
    await row.locator("> summary").click();
    await row.locator(".said").first().waitFor();
  }),
);

test("a newer version is announced, waits, and is taken up whole", { timeout: 6 * PATIENCE }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "ratioscope-"));
  try {
    cpSync(DIST, folder, { recursive: true });
    await visit(folder, "/app/", async (page) => {
      const title = await page.title();
      // The next build: another page and, as finish.mjs would write it, another version of the list.
      const html = readFileSync(join(folder, "index.html"), "utf8");
      writeFileSync(join(folder, "index.html"), html.replace(/<title>.*<\/title>/, "<title>The next version</title>"));
      const worker = readFileSync(join(folder, "service-worker.js"), "utf8");
      writeFileSync(join(folder, "service-worker.js"), worker.replace(/const VERSION = "\w+"/, 'const VERSION = "next"'));
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
      await page.getByText("A newer version of this page is ready.").waitFor();
      // Nothing changes until it is taken up.
      await page.reload();
      await whole(page);
      assert.equal(await page.title(), title);
      await page.getByText("A newer version of this page is ready.").waitFor();
      await page.getByRole("button", { name: "Use it" }).press("Enter");
      await until("the page is the next version", async () => (await page.title().catch(() => "")) === "The next version");
      await whole(page);
      await standing(page);
      assert.equal(await page.getByText("A newer version of this page is ready.").count(), 0);
      const kept = await page.evaluate(() => caches.keys());
      assert.deepEqual(kept.map((name) => name.split(" ").at(-1)), ["next"], "the old version's files are gone");
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("two copies under one origin keep their own files; the manifest can be installed from", { timeout: 6 * PATIENCE }, () =>
  visit(DIST, "/one/", async (page, server, context) => {
    const names = await page.evaluate(() => caches.keys());
    assert.equal(names.length, 1);
    assert.ok(names[0].includes("/one/"), names[0]);
    const address = new URL(await page.locator("link[rel=manifest]").getAttribute("href"), server.url);
    const manifest = await (await context.request.get(address.href)).json();
    assert.equal(new URL(manifest.start_url, address).href, server.url);
    assert.equal(new URL(manifest.scope, address).href, server.url);
    for (const { src } of manifest.icons) {
      assert.equal((await context.request.get(new URL(src, address).href)).status(), 200, src);
    }
  }),
);
