// Writes a large table of runs: `node tools/generate_runs.mjs FILE [ROWS]`. A million rows are 100 MB.
//
// Every number is a function of its row, so that each machine measures the same bytes.
import { closeSync, openSync, writeSync } from "node:fs";

const [file, rows = "1000000"] = process.argv.slice(2);
const out = openSync(file, "w");
writeSync(out, "run,seed,params,tokens,domain_ratio,step,learning_rate,general_loss,domain_loss,note\n");
const sizes = [494032768, 1837000000, 3950000000];
const ratios = [0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1];
let text = "";
for (let row = 0; row < Number(rows); row += 1) {
  const run = Math.floor(row / 1000);
  const step = row % 1000;
  const size = sizes[run % 3];
  const ratio = ratios[Math.floor(run / 3) % 9];
  const wobble = Math.sin(row * 12.9898) * 1e-3;
  const general = 1.9 + 420 / size ** 0.34 + 0.3 / (1.02 - ratio) ** 0.1 + wobble;
  const domain = 1.1 + 700 / size ** 0.34 + 0.4 / (0.05 + ratio) ** 0.2 + 2 / (step + 10) ** 0.3 + wobble;
  text += `run-${String(run).padStart(5, "0")},${run % 5},${size},${(step + 1) * 20971520},${ratio},${(step + 1) * 10},${(3e-5 * (1 - step / 1000)).toFixed(10)},${general.toFixed(12)},${domain.toFixed(12)},one checkpoint\n`;
  if (text.length > 1 << 22) {
    writeSync(out, text);
    text = "";
  }
}
writeSync(out, text);
closeSync(out);
