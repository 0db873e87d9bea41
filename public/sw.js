// Template: the server fills in the release, the address of the styles and the files of each face.
// Pages are not cached, only the offline page is: a stale page after a release is worse than none. The exception are the
// pages of the field staff, who work where there is no signal: the network first, else the page as it was seen, which says
// how old it is. They are one person's: gone with signing out, with another sign-in, and with the release they belong to.
"use strict";
const VERSION = "__VERSION__";
const FACES = __FACES__;
const CACHE = `uk-${VERSION}`;
const PAGES = `uk-pages-${VERSION}`;
const OFFLINE = "/offline.html";
const SHELL = [OFFLINE, "/offline.css", "/favicon.svg", "/icons/logo.svg", "/manifest.webmanifest", "/js/boot.js", "/js/queue.js"];

// The faces somebody opens on this device: that of the app that is open, and those kept from the release before. Others are
// kept when they are opened: traffic costs money.
async function facesInUse() {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const wanted = new Set(windows.map((w) => new URL(w.url).pathname.split("/")[1]));
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
      .then((names) => Promise.all(names.filter((n) => n.startsWith("uk-") && n !== CACHE && n !== PAGES).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

// Never on our own: a reload in the middle of a form loses work. The page asks the person first.
self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "SKIP_WAITING") self.skipWaiting();
  if (event.data && event.data.type === "KEEP") event.waitUntil(seen(event.data.path));
});

const cacheable = (url) => url.pathname.startsWith("/pkg/") || url.pathname.startsWith("/icons/");

async function assetFirst(request) {
  const cache = await caches.open(CACHE);
  // A page kept after a release runs on files that the next worker, which still waits, has fetched.
  const hit = (await cache.match(request)) || (await caches.match(request));
  if (hit) return hit;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") await cache.put(request, answer.clone());
  return answer;
}

const isWork = (path) => path === "/work" || path.startsWith("/work/");

// What was looked at as another person is answered so.
const stays = (answer) => !(answer.headers.get("cache-control") || "").includes("no-store");

// Only a page of the person who is signed in: whoever is not is sent to the sign-in page.
async function keep(path, answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic" || !stays(answer)) return;
  if (!(answer.headers.get("content-type") || "").startsWith("text/html")) return;
  const headers = new Headers(answer.headers);
  headers.set("x-kept-at", new Date().toISOString());
  headers.delete("content-encoding");
  headers.delete("content-length");
  const body = await answer.text();
  const cache = await caches.open(PAGES);
  const before = await cache.match(path);
  const shown = before ? pictures(await before.text()) : [];
  await Promise.all(shown.filter((picture) => !body.includes(picture)).map((picture) => cache.delete(picture, { ignoreVary: true })));
  await cache.put(path, new Response(body, { status: 200, headers }));
}

// A picture that a page shows no more may have a part hidden since: the one as it was does not stay.
const pictures = (page) => page.match(/\/files\/[0-9a-f-]+\/thumb/g) || [];

async function seen(path) {
  if (!isWork(path)) return;
  try {
    await keep(path, await fetch(path, { credentials: "same-origin", headers: { accept: "text/html" } }));
  } catch {
    // The page was seen all the same; next time.
  }
}

// The page says when it was fresh by an attribute of its root.
async function aged(page) {
  const at = page.headers.get("x-kept-at") || "";
  const text = await page.text();
  return new Response(text.replace("<html", `<html data-as-of="${at}"`), { status: 200, headers: page.headers });
}

// A signal that carries nothing: what is kept here is shown after a few seconds.
const PATIENCE_MS = 5000;
const patience = () => new Promise((_, give_up) => setTimeout(() => give_up(new Error("slow")), PATIENCE_MS));

async function workPage(event) {
  const path = new URL(event.request.url).pathname;
  const kept = await caches.match(path, { cacheName: PAGES });
  const network = fetch(event.request);
  try {
    const answer = await (kept ? Promise.race([network, patience()]) : network);
    const lost = answer.redirected || answer.type === "opaqueredirect";
    if (answer.status < 500) {
      if (!lost) event.waitUntil(keep(path, answer.clone()));
      return answer;
    }
    return kept ? await aged(kept) : answer;
  } catch {
    // What comes late is there for the next look.
    event.waitUntil(network.then((late) => keep(path, late)).catch(() => {}));
    return kept ? await aged(kept) : (await caches.match(OFFLINE)) || Response.error();
  }
}

async function shellFile(request) {
  const kept = await caches.match(request);
  const network = fetch(request);
  try {
    return await (kept ? Promise.race([network, patience()]) : network);
  } catch {
    return kept || Response.error();
  }
}

// Small pictures of the tasks that were seen.
async function thumb(event) {
  const cache = await caches.open(PAGES);
  try {
    const answer = await fetch(event.request);
    if (answer.status === 404) event.waitUntil(cache.delete(event.request, { ignoreVary: true }));
    if (answer.ok && answer.type === "basic" && stays(answer)) event.waitUntil(cache.put(event.request, answer.clone()));
    return answer;
  } catch {
    return (await cache.match(event.request)) || Response.error();
  }
}

const ofWork = (request) => {
  try {
    return isWork(new URL(request.referrer).pathname);
  } catch {
    return false;
  }
};

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
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  // Somebody signs out or in: what the one before has seen is not for the next.
  if (request.method === "POST" && (url.pathname === "/logout" || url.pathname.startsWith("/login"))) event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && isWork(url.pathname)) event.respondWith(workPage(event));
  else if (/^\/files\/[^/]+\/thumb$/.test(url.pathname) && ofWork(request)) event.respondWith(thumb(event));
  else if (request.mode === "navigate") event.respondWith(pageOrOffline(request));
  else if (cacheable(url)) event.respondWith(assetFirst(request));
  else if (SHELL.includes(url.pathname)) event.respondWith(shellFile(request));
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
