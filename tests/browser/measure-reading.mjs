// Times the reading of a large file in Chromium: `node tests/browser/measure-reading.mjs FOLDER FILE [RUNS]`.
//
// Beside it, in the same run and each in a browser of its own: PapaParse in a worker on the same file, turning cells into
// numbers and keeping nothing (its `chunk` callback only counts), which is the least it can do. Ours keeps the columns,
// checks every cell, and is timed until the page has the table. Prints medians, their ratio, the peak memory of the
// renderer's process (VmHWM) and its processor time, which a busy machine lengthens less (both Linux only), how long a
// cancel in the middle takes, and the longest tasks of the page's own thread while the page itself takes the file in, fits
// it and has a slider moved (processor time, as in blocking.test.mjs).
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { basename } from "node:path";
import { serve } from "../../tools/serve.mjs";
import { launch, slider, standing, whole } from "./support.mjs";

const [folder, file, runs = "5"] = process.argv.slice(2);
const megabytes = statSync(file).size / 1e6;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Of the browser's renderers: the largest memory one has had, in MB, and the seconds of processor all have used; NaN where the system does not tell. */
async function used(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const of = (pid) => {
    try {
      const memory = Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)[1]) / 1e3;
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
      return { memory, processor: (Number(fields[11]) + Number(fields[12])) / 100 };
    } catch {
      return { memory: NaN, processor: NaN };
    }
  };
  const all = processInfo.filter((each) => each.type === "renderer").map((each) => of(each.id));
  return { memory: Math.max(...all.map((each) => each.memory)), processor: all.reduce((sum, each) => sum + each.processor, 0) };
}

/** What a reading took, from what was used before it and after. */
const took = (result, before, after) => ({ ...result, memory: after.memory, before: before.memory, processor: after.processor - before.processor });

/** The page's worker on a page of ours, spoken to as src/app/engine.rs does: the file goes over as a Blob. */
async function ours(url, { cancel = false } = {}) {
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(url);
  const before = await used(browser);
  await page.evaluate((cancel) => {
    const input = document.body.appendChild(Object.assign(document.createElement("input"), { type: "file", id: "measured" }));
    const addresses = ["engine", "workbook"].map((name) => new URL(document.querySelector(`meta[name=${name}]`).content, document.baseURI).href);
    window.read = new Promise((done, fail) => {
      setTimeout(() => fail(new Error("no answer in two minutes: does the worker still understand this script?")), 120_000);
      input.addEventListener("change", () => {
        const worker = new Worker(new URL("assets/worker.js", document.baseURI), { type: "module" });
        let from, stopped, rows, said = 0;
        worker.onerror = (event) => fail(new Error(event.message));
        worker.onmessage = ({ data }) => {
          if (typeof data === "string") return worker.postMessage(addresses);
          const [answer] = data;
          if (answer === null) return (rows ??= data[1].length); // a column of the table to come
          if (answer === "Ready") {
            from = performance.now();
            worker.postMessage([{ Open: { id: 1, ask: { parts: [], reading: {}, fit: {} } } }, input.files[0]]);
          }
          if (answer.Failed) fail(new Error(answer.Failed.text));
          if (answer.Reading && ++said === 5 && cancel) {
            stopped = performance.now();
            worker.postMessage([{ Cancel: { id: 1 } }]);
          }
          if (answer.Stopped) done({ cancelled: performance.now() - stopped });
          if (answer.Opened) done({ time: performance.now() - from, said, rows });
        };
      });
    });
  }, cancel);
  await page.locator("#measured").setInputFiles(file);
  const result = took(await page.evaluate(() => window.read), before, await used(browser));
  await browser.close();
  return result;
}

/** The longest tasks of the page's own thread, in ms of processor time: while the file arrives, and at moves of a slider. */
async function onThePage(url) {
  const browser = await launch();
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(url);
  await whole(page);
  await standing(page);
  const traced = async (body) => {
    await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
    await body();
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
    const main = new Set(traceEvents.filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain").map((event) => `${event.pid}/${event.tid}`));
    const tasks = traceEvents.filter((event) => event.ph === "X" && /RunTask$/.test(event.name) && main.has(`${event.pid}/${event.tid}`) && event.tdur !== undefined);
    return tasks.map((task) => task.tdur / 1000).sort((a, b) => b - a).slice(0, 3).map((ms) => ms.toFixed(0)).join(", ");
  };
  const arrives = await traced(async () => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose a file" }).click()]);
    await chooser.setFiles(file);
    await page.locator("#data").getByText(basename(file)).first().waitFor({ state: "attached" });
    await page.getByText(/^Drawing intervals: \d/).waitFor();
  });
  const moves = await traced(async () => {
    for (let i = 0; i < 10; i += 1) await slider(page, "Domain ratio").press("ArrowRight");
  });
  await browser.close();
  return { arrives, moves };
}

async function papaparse(url) {
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(url);
  const before = await used(browser);
  await page.locator("input").setInputFiles(file);
  const result = await page.evaluate(() => window.read);
  const found = took(result, before, await used(browser));
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
const of = (which, what) => median(all[which].map((each) => each[what]));
const line = (which) => `${(of(which, "time") / 1000).toFixed(2)} s, ${(megabytes / (of(which, "time") / 1000)).toFixed(0)} MB/s, ${of(which, "processor").toFixed(1)} s of processor, peak ${of(which, "memory").toFixed(0)} MB (${of(which, "before").toFixed(0)} MB before)`;
console.log(`${megabytes.toFixed(0)} MB, medians of ${runs}`);
console.log(`ours, ${of("ours", "rows")} observations: ${line("ours")}, ${of("ours", "said")} words of progress`);
console.log(`a cancel while reading: ${(await ours(server.url, { cancel: true })).cancelled.toFixed(0)} ms`);
const { arrives, moves } = await onThePage(server.url);
console.log(`longest tasks of the page's thread: ${arrives} ms while it arrives and is fitted, ${moves} ms as a slider moves`);
console.log(`PapaParse ${JSON.parse(readFileSync(new URL("node_modules/papaparse/package.json", import.meta.url))).version} in a worker, ${of("papaparse", "rows")} rows counted: ${line("papaparse")}`);
console.log(`ratio: ${(of("papaparse", "time") / of("ours", "time")).toFixed(1)} times as fast, ${(of("papaparse", "processor") / of("ours", "processor")).toFixed(1)} times by processor`);
server.close();
peer.close();
