// Trunk's post_build hook: puts the hash of the inline loader into the page's content security policy.
//
// The policy stands in index.html with the word LOADER where the hash belongs, because the loader names hashed files and
// so differs in every build. Fails the build where there is not exactly one inline script, so that a page without a
// working policy is never shipped.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(process.env.TRUNK_STAGING_DIR ?? "dist", "index.html");
const page = readFileSync(file, "utf8");
const scripts = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
if (scripts.length !== 1 || !page.includes("'LOADER'")) {
  throw new Error(`${file}: expected one inline script and the word LOADER in the policy, found ${scripts.length} scripts`);
}
const hash = createHash("sha256").update(scripts[0][1]).digest("base64");
writeFileSync(file, page.replace("'LOADER'", `'sha256-${hash}'`));
