// A small static server for dist/, on this machine only: `node tools/serve.mjs FOLDER [PORT [PATH]]`.
//
// script/server uses it, and the browser tests with a sub-path, because the page is hosted under one. It knows the types
// of the files the build makes and refuses everything else, as it does any path that leaves the folder.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".csv": "text/csv; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".bin": "application/octet-stream",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/** Serves `folder` at `path`; resolves to the address. Port 0 takes any free one; `seen` is called with every request. */
export function serve(folder, { port = 0, path = "/", seen = () => {} } = {}) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    const asked = new URL(request.url, "http://host").pathname;
    const answer = (status, headers = {}) => {
      seen({ path: asked, status });
      response.writeHead(status, { "cache-control": "no-cache", ...headers });
    };
    const inside = asked.startsWith(path) ? decodeURIComponent(asked.slice(path.length)) : undefined;
    const file = inside === undefined ? undefined : join(root, normalize(inside.endsWith("/") || inside === "" ? `${inside}index.html` : inside));
    const type = file && TYPES[extname(file)];
    if (!type || !file.startsWith(root + sep) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      answer(404, { "content-type": "text/plain" });
      response.end("not found\n");
      return;
    }
    answer(200, { "content-type": type });
    createReadStream(file).pipe(response);
  });
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      done({ url: `http://127.0.0.1:${server.address().port}${path}`, close: () => server.closeAllConnections() ?? server.close() });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = "dist", port = "8080", path = "/"] = process.argv.slice(2);
  try {
    const { url } = await serve(folder, { port: Number(port), path });
    console.log(url);
  } catch (error) {
    console.error(error.code === "EADDRINUSE" ? `Port ${port} is taken: choose another, script/server PORT.` : error.message);
    process.exit(1);
  }
}
