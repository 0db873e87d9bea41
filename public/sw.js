// Template: the server replaces __VERSION__ (release id), __STYLE__ (url) and __FACES__ (the files of each face).
// Pages are never cached, only the offline page is: a stale page after a release is worse than none.
"use strict";
const VERSION = "__VERSION__";
const FACES = __FACES__;
const CACHE = `uk-${VERSION}`;
const OFFLINE = "/offline.html";
const SHELL = [OFFLINE, "/offline.css", "/favicon.svg", "/icons/logo.svg"];

// The faces somebody may open on this device: those of the app that is open, and those kept from the release before.
async function facesInUse() {
  const family = { desk: ["desk", "desk-request", "houses", "people", "office", "profile"], my: ["my", "my-request", "profile"], work: ["work", "profile"] };
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const wanted = new Set(windows.flatMap((w) => family[new URL(w.url).pathname.split("/")[1]] || []));
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      const file = new URL(request.url).pathname.match("^/pkg/([a-z-]+)\\.");
      if (file) wanted.add(file[1]);
    }
  }
  return Object.keys(FACES).filter((face) => wanted.has(face));
}

self.addEventListener("install", (event) => {
  // The offline page must be there; hashed files are a courtesy and may fail one by one on a bad line.
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      await cache.addAll(SHELL);
      const files = (await facesInUse()).flatMap((face) => FACES[face]);
      await Promise.allSettled(["__STYLE__", ...files].map((url) => cache.add(url)));
    }),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n.startsWith("uk-") && n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

// Never on our own: a reload in the middle of a form loses work. The page asks the person first.
self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "SKIP_WAITING") self.skipWaiting();
});

const cacheable = (url) => url.pathname.startsWith("/pkg/") || url.pathname.startsWith("/icons/");

async function assetFirst(request) {
  const cache = await caches.open(CACHE);
  const hit = await cache.match(request);
  if (hit) return hit;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") await cache.put(request, answer.clone());
  return answer;
}

async function pageOrOffline(request) {
  try {
    return await fetch(request);
  } catch {
    const page = await caches.match(OFFLINE);
    return page || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(pageOrOffline(request));
  else if (cacheable(url)) event.respondWith(assetFirst(request));
  else if (SHELL.includes(url.pathname)) event.respondWith(fetch(request).catch(() => caches.match(request).then((hit) => hit || Response.error())));
});
