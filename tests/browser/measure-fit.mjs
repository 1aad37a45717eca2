// Times one fit and its draws in Chromium, on a single worker, beside the native program on the same file:
// `node tests/browser/measure-fit.mjs FOLDER PROGRAM FILE LAW TARGET DRAWS [RUNS]`. Prints medians as JSON, in seconds, for
// tools/peers.py. FILE has that one loss and no other.
//
// The worker is spoken to as src/app/engine.rs does, without the second one that helps it on the page: what is compared is
// WebAssembly with native code, a core each. The two take turns, so that a machine that is busy for a while is busy for
// both. The fit is timed with the reading of the file, natively with the program's start as well; the draws alone.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { serve } from "../../tools/serve.mjs";
import { complete, launch } from "./support.mjs";

const [folder, program, file, law, target, draws, runs = "5"] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds of the program for that many draws. */
function native(draws) {
  const from = performance.now();
  execFileSync(program, ["fit", file, "--law", law, "--target", target, "--draws", String(draws), "--json"], { maxBuffer: 1e9 });
  return (performance.now() - from) / 1000;
}

/** Seconds of the worker until the estimates stand, and from there until the last draw. */
const inTheBrowser = (page) => page.evaluate(({ text, law, draws }) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("no answer in two minutes: does the worker still understand this script?")), 120_000);
  const addresses = ["engine", "workbook"].map((name) => new URL(document.querySelector(`meta[name=${name}]`).content, document.baseURI).href);
  const worker = new Worker(new URL("assets/worker.js", document.baseURI), { type: "module" });
  let from, fitted;
  worker.onerror = (event) => fail(new Error(event.message));
  worker.onmessage = ({ data }) => {
    if (typeof data === "string") return worker.postMessage(addresses);
    const [answer] = data;
    if (answer === "Ready") {
      from = performance.now();
      worker.postMessage([{ Open: { id: 1, ask: { parts: [], reading: {}, law, fit: { draws } } } }, new Blob([text])]);
    }
    if (answer?.Failed) fail(new Error(answer.Failed.text));
    if (answer?.Fitted) fitted ??= performance.now();
    if (answer?.Fitted?.state === "Done") {
      worker.terminate();
      done({ fit: (fitted - from) / 1000, draws: (performance.now() - fitted) / 1000 });
    }
  };
}), { text, law, draws: Number(draws) });

const server = await serve(folder, { path: "/some/sub/path/" });
const browser = await launch();
const all = { native: [], nativeDraws: [], fit: [], draws: [] };
for (let run = 0; run < Number(runs); run += 1) {
  const alone = native(0);
  all.native.push(alone);
  all.nativeDraws.push(native(draws) - alone);
  const page = await browser.newPage();
  await page.goto(server.url);
  await complete(page); // its own workers rest
  const found = await inTheBrowser(page);
  all.fit.push(found.fit);
  all.draws.push(found.draws);
  await page.close();
}
await browser.close();
server.close();
console.log(JSON.stringify(Object.fromEntries(Object.entries(all).map(([what, values]) => [what, median(values)]))));
