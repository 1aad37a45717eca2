// Keeps this version of the page for use without a network: all of its files, under the folder it was served from.
//
// tools/finish.mjs puts the version and the list of files in and places it beside index.html, so that its scope is that
// folder and nothing above it. A newer version is fetched whole beside this one and waits until the person takes it up
// (src/app/offline.rs): no page ever runs on files of two versions.
const VERSION = "VERSION_OF_THE_BUILD";
const FILES = ["FILES_OF_THE_BUILD"];
// Caches belong to the origin, and a neighbour's folder may hold another copy of the page: the name carries the scope.
const OURS = `ratioscope ${self.registration.scope} `;
const CACHE = OURS + VERSION;

self.addEventListener("install", (event) => {
  // Names with a hash never change, so the browser's own cache may answer; the others are asked for anew.
  const hashed = /-[0-9a-f]{16}(_bg)?\.(js|wasm|css|svg)$/;
  const fresh = FILES.map((file) => new Request(file, { cache: hashed.test(file) ? "default" : "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(OURS) && name !== CACHE;
  const clean = async () => {
    for (const name of (await caches.keys()).filter(old)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  const answer = async () => {
    const cache = await caches.open(CACHE);
    // What follows the question mark is for the page: `?csv=runs.csv` is the same page.
    const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
    return kept ?? fetch(request);
  };
  event.respondWith(answer());
});

self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});
