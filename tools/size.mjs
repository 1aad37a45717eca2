// What a first visit costs over the wire: `node tools/size.mjs FOLDER`. Fails where that is over the budget.
//
// Counts every file of the folder that the first screen may ask for; a browser test holds that list against what the page
// really asks for. Hosts send gzip (GitHub Pages does), brotli stands beside it. Fonts are compressed already and are
// sent as they are.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET_KB = 400; // design: "first load over the wire"
const COMPRESSED = new Set([".woff2", ".png"]);
// Asked for only when a person chooses them: the other examples and what is there to be read.
const LATER = [/^assets\/examples\/(?!tiny-cpt\.csv$)/, /^assets\/fonts\/OFL\.txt$/];

/** Paths, relative to `folder`, of the files that opening the page may ask for. */
export function firstScreen(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .filter((path) => !LATER.some((pattern) => pattern.test(path)))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? "dist";
  const rows = firstScreen(folder).map((path) => {
    const bytes = readFileSync(join(folder, path));
    const sent = COMPRESSED.has(extname(path));
    return [path, bytes.length, sent ? bytes.length : gzipSync(bytes).length, sent ? bytes.length : brotliCompressSync(bytes).length];
  });
  rows.push(["first visit", ...[1, 2, 3].map((column) => rows.reduce((sum, row) => sum + row[column], 0))]);
  const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
  console.log(`${"KB".padEnd(50)}      raw     gzip   brotli`);
  for (const [path, ...sizes] of rows) console.log(path.padEnd(46) + sizes.map(kb).join(""));
  const total = rows.at(-1)[2] / 1000;
  if (total > BUDGET_KB) {
    console.error(`OVER BUDGET: a first visit costs ${total.toFixed(1)} KB gzip; the budget is ${BUDGET_KB} KB.`);
    process.exit(1);
  }
}
