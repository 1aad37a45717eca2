// Trunk's post_build hook: what trunk can't do for this page, on the folder it has built.
//
// 0. The modules' JavaScript loses its comments and indentation.
// 1. The modules that follow the first screen get hashed names (trunk hashes only the first), and index.html the names
//    to start them by.
// 2. The example the page opens on is read and fitted here, by that very module, so that the first screen needs neither
//    the worker nor a second's wait and shows what the browser would compute, to the last digit.
// 3. The hash of the inline loader goes into the content security policy: the loader names hashed files and so differs
//    in every build.
// 4. The service worker gets the list of all files and is placed beside index.html.
//
// Fails the build where something is not as expected, so that a page without a working policy is never shipped.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const folder = resolve(process.env.TRUNK_STAGING_DIR ?? "dist");
const EXAMPLE = "assets/examples/tiny-cpt"; // the first of src/app/examples.rs
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** A module's JavaScript without its comments and indentation: trunk's own minifier takes no modules of this kind. */
function slim(code, name) {
  // No text goes on over lines, so that what a line begins with is never part of one.
  if (code.split("\n").some((line) => (line.split("`").length - 1) % 2)) throw new Error(`${name}: a text over several lines`);
  return code.replace(/^[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*\n/gm, "").replace(/^[ \t]*\/\/.*\n/gm, "").replace(/^[ \t]+/gm, "").replace(/\n{2,}/g, "\n");
}

/** Puts a module under hashed names; answers the names of its JavaScript and WebAssembly. */
function hashed(module) {
  const plain = `${module}_bg.wasm`;
  const wasm = `${module}-${hash(readFileSync(join(folder, plain)))}_bg.wasm`;
  renameSync(join(folder, plain), join(folder, wasm));
  const glue = readFileSync(join(folder, `${module}.js`), "utf8");
  if (!glue.includes(plain)) throw new Error(`${module}.js does not name ${plain}`);
  const named = slim(glue.replaceAll(plain, wasm), module);
  const script = `${module}-${hash(named)}.js`;
  writeFileSync(join(folder, script), named);
  rmSync(join(folder, `${module}.js`));
  return { script, wasm };
}

/** Reads and fits the opening example with the worker's module. */
async function fitExample({ script, wasm }) {
  // Node takes a module by its ending alone.
  const copy = join(folder, "engine.mjs");
  writeFileSync(copy, readFileSync(join(folder, script)));
  const { default: init, fitted } = await import(pathToFileURL(copy).href);
  await init({ module_or_path: readFileSync(join(folder, wasm)) });
  rmSync(copy);
  const parcel = fitted(readFileSync(join(folder, `${EXAMPLE}.csv`)));
  if (!parcel?.length) throw new Error(`${EXAMPLE}.csv could not be fitted`);
  // Pages' servers compress texts and WebAssembly, and no file of this kind.
  writeFileSync(join(folder, `${EXAMPLE}.bin`), gzipSync(parcel, { level: 9 }));
}

// The first screen's has its hashed name already, made of the same text.
for (const name of readdirSync(folder).filter((name) => /^page-[0-9a-f]+\.js$/.test(name))) {
  writeFileSync(join(folder, name), slim(readFileSync(join(folder, name), "utf8"), name));
}
const engine = hashed("engine");
const workbench = hashed("workbench");
const workbook = hashed("workbook");
await fitExample(engine);

const file = join(folder, "index.html");
let page = readFileSync(file, "utf8");
const fill = (placeholder, value) => {
  if (page.split(placeholder).length !== 2) throw new Error(`${file}: expected ${placeholder} once`);
  page = page.replace(placeholder, value);
};
const scripts = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
if (scripts.length !== 1) throw new Error(`${file}: expected one inline script, found ${scripts.length}`);
fill("'LOADER'", `'sha256-${createHash("sha256").update(scripts[0][1]).digest("base64")}'`);
fill("ENGINE", `./${engine.script}`);
fill("WORKBENCH", `./${workbench.script}`);
fill("WORKBOOK", `./${workbook.script}`);
writeFileSync(file, page);

const template = join(folder, "assets/service-worker.js");
const worker = readFileSync(template, "utf8");
rmSync(template);
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `./${relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/")}`)
  .sort();
const version = hash(files.map((name) => `${name} ${hash(readFileSync(join(folder, name)))}`).join("\n"));
// The page is asked for by its folder's name.
const listed = files.map((name) => (name === "./index.html" ? "./" : name));
if (!worker.includes('"FILES_OF_THE_BUILD"') || !worker.includes("VERSION_OF_THE_BUILD")) throw new Error("service-worker.js has no place for its list");
writeFileSync(
  join(folder, "service-worker.js"),
  worker.replace("VERSION_OF_THE_BUILD", version).replace('"FILES_OF_THE_BUILD"', listed.map((name) => JSON.stringify(name)).join(", ")),
);
