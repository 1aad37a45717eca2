// How fast this machine is, and what the page's own thread did, so that a budget is about the page and not about the machine.
//
// A budget in milliseconds is meant for some machine. Chrome's tools slow a processor until Lighthouse's BenchmarkIndex is
// that of the phone that is meant: 1,000 for a mid-range one, a Pixel 5 (midScore in Chrome DevTools' CalibrationController;
// calibrating is what github.com/GoogleChrome/lighthouse, docs/throttling.md, asks for on machines that are no fast desktop).
// So the index is measured beside the page, and its tasks, in the processor's own time (`tdur`, which leaves other
// processes out), count as long as they are on the machine a budget is meant for.

/** A mid-range phone, and the one Lighthouse's fixed factor of four means: a quarter of a desktop of 1,750, a Moto G4. */
export const PHONE = 1000;
export const OLD_PHONE = 437.5;
/** Where Lighthouse's table has slow desktops end. */
const DESKTOP = 1500;

/** Runs of each workload, and how long one is at least: the clock is rounded to 0.1 ms. */
const RUNS = 61;
const SPAN = 4; // ms

/** Lighthouse's BenchmarkIndex of the machine as it is now: strings of 10,000 letters a letter at a time, and copies of
 * 100,000 numbers, in tens a second, in the mean; each by the median of many runs, so that what interrupts a few is left out. */
export async function benchmarkIndex(page) {
  return page.evaluate(([runs, span]) => {
    let kept = 0;
    const spell = () => {
      let text = "";
      for (let i = 0; i < 10_000; i += 1) text += "a";
      kept += text.length;
    };
    const arrays = [0, 1].map(() => Array.from({ length: 100_000 }, (_, i) => i));
    const copy = () => {
      const [from, to] = arrays;
      for (let i = 0; i < from.length; i += 1) to[i] = from[i];
      arrays.reverse();
    };
    const index = (work) => {
      const paces = [];
      for (let run = 0; run < runs; run += 1) {
        const begun = performance.now();
        let done = 0;
        while (done === 0 || performance.now() - begun < span) for (let i = 0; i < 4; i += 1, done += 1) work();
        paces.push(done / (performance.now() - begun));
      }
      return paces.sort((a, b) => a - b)[runs >> 1] * 1000 / 10;
    };
    // The first time each is compiled.
    index(spell);
    index(copy);
    return kept > 0 ? (index(spell) + index(copy)) / 2 : 0;
  }, [RUNS, SPAN]);
}

/** The tasks of the page's own thread in a trace: when each began and ended, in µs, and its time of the processor in ms. */
export function tasksOf({ traceEvents }) {
  const main = new Set(traceEvents.filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain").map((event) => `${event.pid}/${event.tid}`));
  const tasks = traceEvents.filter((event) => event.ph === "X" && /RunTask$/.test(event.name) && main.has(`${event.pid}/${event.tid}`) && event.tdur !== undefined);
  return tasks.map(({ ts, dur, tdur, pid, tid }) => ({ from: ts, until: ts + dur, took: tdur / 1000, inside: (event) => event.pid === pid && event.tid === tid && event.ts >= ts && event.ts < ts + dur }));
}

/** What counts of a time on a desktop. A faster machine is no excuse, but none is held against the page: what neighbours on a
 * shared one do to it is not in the index. */
export const onDesktop = (took, index) => took * Math.min(1, index / DESKTOP);

/** Fails where a task takes longer than `most` ms on a desktop, and prints the longest. */
export function noneLong(assert, trace, index, most) {
  const tasks = tasksOf(trace);
  assert.ok(tasks.length > 50, `the trace has the page's tasks (${tasks.length})`);
  const scaled = (task) => onDesktop(task.took, index);
  const longest = Math.max(...tasks.map(scaled));
  console.log(`longest task: ${longest.toFixed(1)} ms of ${most} on a desktop, of ${tasks.length}; this machine's index ${index.toFixed(0)}`);
  const within = (task) => trace.traceEvents.filter((event) => event.ph === "X" && event.dur > 3000 && task.inside(event)).map((event) => `${event.name} ${(event.dur / 1000).toFixed(0)} ms`);
  assert.deepEqual(tasks.filter((task) => scaled(task) > most).map((task) => `${scaled(task).toFixed(0)} ms: ${within(task).join(", ")}`), []);
}
