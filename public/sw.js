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

// Every push must show something, also one that does not read.
self.addEventListener("push", (event) => {
  let note = {};
  try {
    note = (event.data && event.data.json()) || {};
  } catch {
    // Not ours: the plain notification below.
  }
  event.waitUntil(
    self.registration.showNotification(note.title || "UK CRM", {
      body: note.body || "",
      tag: note.tag || undefined,
      renotify: Boolean(note.tag),
      icon: "/icons/icon-192.png",
      badge: "/icons/icon-192.png",
      timestamp: note.ts || Date.now(),
      data: { url: note.url || "/" },
    }),
  );
});

// A window that shows the page already comes to the front; others are left alone, somebody may be writing in them.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const asked = new URL((event.notification.data || {}).url || "/", self.location.origin);
  const url = asked.origin === self.location.origin ? asked.href : self.location.origin;
  event.waitUntil(
    clients.matchAll({ type: "window", includeUncontrolled: true }).then((windows) => {
      const open = windows.find((w) => w.url === url);
      return open ? open.focus() : clients.openWindow(url);
    }),
  );
});

// The browser has changed the subscription by itself: the server is told the new one.
self.addEventListener("pushsubscriptionchange", (event) => {
  const renew = async () => {
    const old = event.oldSubscription;
    const made = event.newSubscription || (old && (await self.registration.pushManager.subscribe(old.options)));
    if (!made) return;
    const { endpoint, keys } = made.toJSON();
    const body = JSON.stringify({ kind: "web", endpoint, p256dh: keys.p256dh, auth: keys.auth });
    await fetch("/api/v1/notifications/devices", { method: "POST", headers: { "content-type": "application/json" }, body });
  };
  event.waitUntil(renew());
});
