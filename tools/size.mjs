// What a first visit costs over the wire: `node tools/size.mjs FOLDER`. Fails where that is over the budget.
//
// The first screen shows an example that was fitted when the page was built: what it needs is counted against the
// budget. The worker's module and the example's file follow when that stands, and are listed after it. A browser test
// holds both lists against what the page really asks for. Hosts send gzip (GitHub Pages does), brotli stands beside it.
// Fonts and the fitted example are counted as they are: the one is compressed, the other of a type that hosts don't.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET_KB = 400; // design: "first load over the wire"
const AS_IT_IS = new Set([".woff2", ".png", ".bin"]);
// Asked for once the first screen stands.
const NEXT = [/^engine-/, /^workbench-/, /^assets\/(worker|workbench)\.js$/, /^assets\/examples\/tiny-cpt\.csv$/];
// Asked for when a person opens a workbook.
const WORKBOOK = /^workbook-/;
// Asked for only when a person chooses them: the other examples and what is there to be read.
const LATER = [WORKBOOK, /^assets\/examples\/(?!tiny-cpt\.(csv|bin)$)/, /^assets\/fonts\/OFL\.txt$/, /^assets\/template\.csv$/,
  // For use without a network, and to be installed from: fetched behind everything else.
  /^service-worker\.js$/, /^assets\/(manifest\.webmanifest|icon-\d+\.png)$/];

/** Paths, relative to `folder`, of the files that opening the page asks for, for the first screen and once that stands; and of those that opening a workbook does. */
export function asked(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
  const files = all.filter((path) => !LATER.some((pattern) => pattern.test(path)));
  const next = (path) => NEXT.some((pattern) => pattern.test(path));
  return { first: files.filter((path) => !next(path)), next: files.filter(next), workbook: all.filter((path) => WORKBOOK.test(path)) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? "dist";
  const row = (path) => {
    const bytes = readFileSync(join(folder, path));
    const same = AS_IT_IS.has(extname(path));
    return [path, bytes.length, same ? bytes.length : gzipSync(bytes).length, same ? bytes.length : brotliCompressSync(bytes).length];
  };
  const sum = (name, rows) => [name, ...[1, 2, 3].map((column) => rows.reduce((sum, row) => sum + row[column], 0))];
  const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
  const print = (rows) => rows.forEach(([path, ...sizes]) => console.log(path.padEnd(46) + sizes.map(kb).join("")));
  const { first, next, workbook } = asked(folder);
  console.log(`${"KB".padEnd(50)}      raw     gzip   brotli`);
  const [firstRows, nextRows, workbookRows] = [first.map(row), next.map(row), workbook.map(row)];
  const total = sum("first screen", firstRows);
  print([...firstRows, total, ...nextRows, sum("and once that stands", nextRows), ...workbookRows, sum("and when a workbook is opened", workbookRows)]);
  const needed = total[2] / 1000;
  if (needed > BUDGET_KB) {
    console.error(`OVER BUDGET: the first screen costs ${needed.toFixed(1)} KB gzip; the budget is ${BUDGET_KB} KB.`);
    process.exit(1);
  }
}
