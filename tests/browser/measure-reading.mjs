// Times the reading of a large file in Chromium: `node tests/browser/measure-reading.mjs FOLDER FILE [RUNS]`.
//
// Beside it, in the same run and each in a browser of its own: PapaParse in a worker on the same file, turning cells into
// numbers and keeping nothing (its `chunk` callback only counts), which is the least it can do. Ours keeps the columns,
// checks every cell, and is timed until the page shows the table. Prints medians, their ratio, the peak memory of the
// renderer's process (VmHWM, Linux only), and the longest task of the page's own thread.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { serve } from "../../tools/serve.mjs";
import { launch } from "./support.mjs";

const [folder, file, runs = "5"] = process.argv.slice(2);
const megabytes = statSync(file).size / 1e6;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The largest memory any renderer of this browser has had, in MB; NaN where the system does not tell. */
async function peak(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const most = (pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)[1]) / 1e3;
    } catch {
      return NaN;
    }
  };
  return Math.max(...processInfo.filter((each) => each.type === "renderer").map((each) => most(each.id)));
}

async function ours(url) {
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByText(/^Complete: \d+ paired draws/).waitFor({ state: "attached" });
  const before = await peak(browser);
  const name = file.split("/").at(-1);
  await page.evaluate((name) => {
    window.long = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.long = Math.max(window.long, entry.duration)))).observe({ type: "longtask" });
    window.read = new Promise((done) => {
      document.addEventListener("change", () => (window.from = performance.now()), { capture: true, once: true });
      const look = () => {
        const panel = document.querySelector("#data");
        if (panel.textContent.includes(name) && /[\d,]{7,} rows/.test(panel.textContent)) done(performance.now() - window.from);
      };
      new MutationObserver(look).observe(document.querySelector("#data"), { subtree: true, childList: true, characterData: true });
    });
  }, name);
  await page.locator("#file-input").setInputFiles(file);
  const time = await page.evaluate(() => window.read);
  const result = { time, memory: await peak(browser), before, long: await page.evaluate(() => window.long) };
  await browser.close();
  return result;
}

async function papaparse(url) {
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(url);
  const before = await peak(browser);
  await page.locator("input").setInputFiles(file);
  const result = await page.evaluate(() => window.read);
  const found = { ...result, memory: await peak(browser), before };
  await browser.close();
  return found;
}

const PEER = {
  "/": ["text/html", `<!doctype html><title>PapaParse</title><input type="file"><script>
    window.read = new Promise((done) => document.querySelector("input").addEventListener("change", (event) => {
      const worker = new Worker("worker.js");
      const from = performance.now();
      worker.onmessage = ({ data }) => done({ time: performance.now() - from, rows: data });
      worker.postMessage(event.target.files[0]);
    }));</script>`],
  "/worker.js": ["text/javascript", `importScripts("papaparse.min.js");
    onmessage = ({ data }) => {
      let rows = 0;
      Papa.parse(data, { header: false, dynamicTyping: true, skipEmptyLines: true, chunk: (part) => { rows += part.data.length; }, complete: () => postMessage(rows) });
    };`],
  "/papaparse.min.js": ["text/javascript", readFileSync(new URL("node_modules/papaparse/papaparse.min.js", import.meta.url))],
};
const peer = createServer((request, response) => {
  const [type, body] = PEER[request.url] ?? ["text/plain", ""];
  response.writeHead(200, { "content-type": type }).end(body);
});
await new Promise((listening) => peer.listen(0, "127.0.0.1", listening));
const server = await serve(folder, { path: "/some/sub/path/" });

const all = { ours: [], papaparse: [] };
for (let run = 0; run < Number(runs); run += 1) {
  all.ours.push(await ours(server.url));
  all.papaparse.push(await papaparse(`http://127.0.0.1:${peer.address().port}/`));
}
server.close();
peer.close();
const of = (which, what) => median(all[which].map((each) => each[what]));
const line = (which) => `${(of(which, "time") / 1000).toFixed(2)} s, ${(megabytes / (of(which, "time") / 1000)).toFixed(0)} MB/s, peak ${of(which, "memory").toFixed(0)} MB (${of(which, "before").toFixed(0)} MB before)`;
console.log(`${megabytes.toFixed(0)} MB, medians of ${runs}`);
console.log(`ours, until the table is shown: ${line("ours")}, longest task of the page ${of("ours", "long").toFixed(0)} ms`);
console.log(`PapaParse ${JSON.parse(readFileSync(new URL("node_modules/papaparse/package.json", import.meta.url))).version} in a worker, ${of("papaparse", "rows")} rows counted: ${line("papaparse")}`);
console.log(`ratio: ${(of("papaparse", "time") / of("ours", "time")).toFixed(1)} times as fast`);
