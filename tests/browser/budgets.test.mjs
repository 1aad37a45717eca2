// The page's budgets on a phone's network and processor: largest paint, blocking, shift, and how soon a slider is painted.
//
// Each is the least of three visits, so that another process on a busy machine breaks none; shift is the most. What a
// processor does is counted in its own time, and scaled to a phone's (pace.mjs).
import assert from "node:assert/strict";
import { test } from "node:test";
import { OLD_PHONE, PHONE, benchmarkIndex, onDesktop, tasksOf } from "./pace.mjs";
import { IN_FIREFOX, PATIENCE, complete, setUp, slider, standing, whole } from "./support.mjs";

const world = setUp();
// The network of Lighthouse's mid-range phone: 150 ms a round trip, 1.6 Mbit/s.
const NETWORK = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (750e3 / 8) * 0.9 };
const PAINT = 2500; // ms; "good" by web.dev/articles/lcp
const BLOCKING = 200; // ms; "good" by web.dev/articles/tbt
const TASK = 50; // ms; what of a task is longer blocks
const FRAMES = 2.5; // from a move to its frame painted, in empty frames of a desktop's processor, the canvas painted without a graphics card; aimed at is 1
const MOVES = 100; // of a thumb

const median = (values, share = 0.5) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];

const only = { skip: IN_FIREFOX && "measured by Chromium's own trace", timeout: 12 * PATIENCE };

test("a first visit on a phone: largest paint, blocking time, layout shift", only, async () => {
  const visits = [];
  for (let visit = 0; visit < 3; visit += 1) {
    const context = await world.browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: "block" });
    context.setDefaultTimeout(3 * PATIENCE);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", NETWORK);
    await page.addInitScript(() => {
      window.seen = { paint: 0, shift: 0, shifts: [] };
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) Object.assign(window.seen, { paint: entry.startTime, what: `${entry.element?.tagName} ${entry.element?.textContent.slice(0, 60)}` }); }).observe({ type: "largest-contentful-paint", buffered: true });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.hadRecentInput) continue;
          window.seen.shift += entry.value;
          for (const source of entry.sources) window.seen.shifts.push(`${source.node?.nodeName}.${source.node?.className} ${JSON.stringify(source.previousRect)} ${JSON.stringify(source.currentRect)}`);
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await world.browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
    await page.goto(world.url);
    await standing(page);
    await whole(page);
    const own = tasksOf(JSON.parse((await world.browser.stopTracing()).toString()));
    const index = await benchmarkIndex(page);
    const on = (phone) => own.map((task) => Math.max(0, (task.took * index) / phone - TASK)).reduce((sum, each) => sum + each, 0);
    const [blocking, onOldPhone] = [PHONE, OLD_PHONE].map(on);
    visits.push({ ...(await page.evaluate(() => window.seen)), blocking, onOldPhone });
    await context.close();
  }
  const least = (what) => Math.min(...visits.map((visit) => visit[what]));
  const shift = Math.max(...visits.map((visit) => visit.shift));
  console.log(`a phone's first visit: largest paint ${(least("paint") / 1000).toFixed(2)} s of ${PAINT / 1000}, blocking ${least("blocking").toFixed(0)} ms of ${BLOCKING} (${least("onOldPhone").toFixed(0)} ms on a phone of 2016), layout shift ${shift.toFixed(4)} of 0`);
  assert.equal(shift, 0, visits.flatMap((visit) => visit.shifts).join("\n"));
  assert.ok(least("paint") <= PAINT, `largest paint at ${least("paint")} ms: ${visits.map((visit) => visit.what)}`);
  assert.ok(least("blocking") <= BLOCKING, `blocking for ${least("blocking")} ms`);
});

// The ratio moves along the curves that stand; tokens move every curve with its bands.
for (const label of ["Domain ratio", "Token budget"]) {
  test(`what a moved slider takes until it is painted: ${label}`, only, async () => {
    const context = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
    const page = await context.newPage();
    await page.goto(world.url);
    await whole(page);
    await complete(page);
    const frame = await page.evaluate(async () => {
      const next = () => new Promise((done) => requestAnimationFrame(done));
      const frames = [];
      let before = await next();
      for (let i = 0; i < 60; i += 1) {
        const now = await next();
        frames.push(now - before);
        before = now;
      }
      return frames;
    });
    const before = await benchmarkIndex(page);
    const input = slider(page, label);
    await input.evaluate((input) => {
      window.painted = 0;
      input.addEventListener("input", () => {
        performance.mark("moved");
        // The frame it is drawn in is over when the next one begins.
        requestAnimationFrame(() => requestAnimationFrame(() => { performance.mark("painted"); window.painted += 1; }));
      }, true);
    });
    await input.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await input.boundingBox();
    const part = await input.evaluate(({ value, min, max }) => (value - min) / (max - min));
    const at = (part) => x + 9 + part * (width - 18); // the middle of a thumb of 18 px
    await page.mouse.move(at(part), y + height / 2);
    await page.mouse.down();
    await world.browser.startTracing(page, { categories: ["toplevel", "blink.user_timing", "__metadata"] });
    for (let i = 0; i < MOVES; i += 1) {
      await page.mouse.move(at((0.1 + i * 0.37) % 1), y + height / 2);
      await page.waitForFunction((moves) => window.painted === moves, i + 1);
    }
    await page.mouse.up();
    const trace = JSON.parse((await world.browser.stopTracing()).toString());
    const marks = (name) => trace.traceEvents.filter((event) => event.name === name && /user_timing/.test(event.cat)).map((event) => event.ts).sort((a, b) => a - b);
    const [moved, painted] = [marks("moved"), marks("painted")];
    assert.deepEqual([moved.length, painted.length], [MOVES, MOVES], "every move is in the trace");
    // A mark lies inside the task of its frame: the move's begins in the task that holds the first mark.
    const own = tasksOf(trace);
    const index = Math.min(before, await benchmarkIndex(page));
    const work = moved.map((from, i) => own.filter(({ until }) => until > from && until <= painted[i]).reduce((sum, { took }) => sum + onDesktop(took, index), 0));
    const ratio = median(work, 0.95) / median(frame);
    console.log(`${label} to paint, 95th percentile: ${median(work, 0.95).toFixed(1)} ms of processor, ${ratio.toFixed(2)} of an empty frame, of ${FRAMES}`);
    assert.ok(ratio <= FRAMES, `${ratio} of an empty frame`);
    await context.close();
  });
}
