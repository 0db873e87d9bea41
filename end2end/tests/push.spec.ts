// A resident allows notifications, the desk gives the request to a worker, and the phone says so: signed and sealed on the
// way, shown by the service worker, and a tap leads to the request.
//
// Only the browser's own transport is replaced, a service on the internet: `subscribe` answers with an address of the
// push service beside us and with keys made here, and what arrives there is opened here (RFC 8291) and handed to the
// service worker as the browser does it.
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from "node:crypto";
import { asStaff, file, fresh, give, JOB, noComplaints, open, person, press, residents, signInResident, texts } from "./support";

test.afterEach(noComplaints);

const push = texts("ru", "push");
const SERVICE = process.env.E2E_PUSH ?? "http://127.0.0.1:18083";

type Message = { browser: string; body: string; key: string; ttl: number; contact: string };
type Shown = { title: string; body: string; tag: string; url: string };

/** Opens a message as the browser it was sealed for. */
function opened(body: Buffer, browser: ECDH, auth: Buffer): string {
  const [salt, length] = [body.subarray(0, 16), body[20]];
  const [sender, record] = [body.subarray(21, 21 + length), body.subarray(21 + length)];
  const derived = (secret: Buffer, salt: Buffer, info: Buffer, length: number) => Buffer.from(hkdfSync("sha256", secret, salt, info, length));
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), sender]);
  const secret = derived(browser.computeSecret(sender), auth, info, 32);
  const key = derived(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = derived(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  // The text ends with a mark; zeros may follow.
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}

/** A browser whose subscriptions lead to our push service. */
async function subscriber(context: BrowserContext) {
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const auth = randomBytes(16);
  const { endpoint } = await (await fetch(`${SERVICE}/control/push/adopt`, { method: "POST" })).json();
  const made = { endpoint, keys: { p256dh: keys.getPublicKey().toString("base64url"), auth: auth.toString("base64url") } };
  await context.addInitScript((made) => {
    const subscription = () => ({
      ...made,
      toJSON: () => made,
      unsubscribe: async () => {
        localStorage.removeItem("subscribed");
        return true;
      },
    });
    Object.assign(PushManager.prototype, {
      subscribe: async (options: { applicationServerKey: string }) => {
        localStorage.setItem("subscribed", options.applicationServerKey);
        return subscription();
      },
      getSubscription: async () => (localStorage.getItem("subscribed") ? subscription() : null),
    });
  }, made);
  /** What has arrived for it. */
  const messages = async (): Promise<Message[]> => {
    const { pushes } = await (await fetch(`${SERVICE}/control/state`)).json();
    return pushes.filter((message: Message) => endpoint.endsWith(`/${message.browser}`));
  };
  return { messages, read: (message: Message) => opened(Buffer.from(message.body, "base64url"), keys, auth) };
}

/** Hands a message to the page's service worker, as the browser does with what its push service brings. */
async function handOver(page: Page, data: string) {
  const devtools = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  const registration = new Promise<string>((found) =>
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const live = registrations.find((one) => !one.isDeleted && one.scopeURL.startsWith(origin));
      if (live) found(live.registrationId);
    }),
  );
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await registration, data });
  await devtools.detach();
}

/** The notifications on the screen. */
const shown = (page: Page): Promise<Shown[]> =>
  page.evaluate(async () => {
    const list = await (await navigator.serviceWorker.ready).getNotifications();
    return list.map((note) => ({ title: note.title, body: note.body, tag: note.tag, url: note.data.url }));
  });

/** Taps a notification: the desktop's part is played, the rest is the worker's own. Answers with the window it opens. */
async function tap(context: BrowserContext, tag: string): Promise<string> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  return worker.evaluate(async (tag) => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; clients: object } & EventTarget;
    const [notification] = await scope.registration.getNotifications({ tag });
    let [url, work]: [string, unknown] = ["", null];
    Object.assign(scope.clients, { openWindow: async (to: string) => void (url = to) });
    const waitUntil = (promise: unknown) => void (work = promise);
    scope.dispatchEvent(Object.assign(new Event("notificationclick"), { notification, waitUntil }));
    await work;
    return url;
  }, tag);
}

test("a request given to a worker rings on the resident's phone and leads there", async ({ browser, request }) => {
  test.setTimeout(JOB + 90_000);
  const who = residents()[1];
  const desk = await asStaff(request, "admin");
  const [resident] = (await desk("GET", `/residents?phone=${encodeURIComponent(who.phone)}`)).items;
  const description = fresh("Течёт труба под раковиной");
  const facts = { unit_id: resident.homes[0].unit_id, contact_id: resident.id, category: "plumbing", kind: "regular", description };
  const { id, number } = await file(desk, facts);

  const { context, page } = await person(browser, { phone: true });
  const device = await subscriber(context);
  await context.grantPermissions(["notifications"]);
  await signInResident(page, who.phone, who.code);
  await open(page, "/profile");
  await press(page, push.turn_on);
  await expect(page.getByText(push.on_text)).toBeVisible();
  // Whatever the hour, and whichever other ways there are.
  const { choices, quiet } = await page.evaluate(async () => {
    const choices = ["telegram", "email", "sms"].map((channel) => ({ kind: "request_step", channel, wanted: false }));
    const quiet = { on: false, from: "22:00:00", till: "08:00:00" };
    const body = JSON.stringify({ choices, quiet });
    const answer = await fetch("/api/v1/notices/preferences", { method: "PATCH", headers: { "content-type": "application/json" }, body });
    return { choices: answer.status, quiet: (await answer.json()).quiet };
  });
  expect([choices, quiet.on]).toEqual([200, false]);

  await give(request, id, "plumber");
  await expect.poll(async () => (await device.messages()).length, { timeout: JOB }).toBe(1);
  const [message] = await device.messages();
  // Signed with the key the page has subscribed with; the push service has checked the signature before it took it.
  expect(message.key).toBe(await page.evaluate(() => localStorage.getItem("subscribed")));
  expect(message.contact).toMatch(/^(mailto|https):/);
  expect(message.ttl).toBeGreaterThan(0);
  const note = JSON.parse(device.read(message));
  expect(note.url).toBe(`/my/requests/${id}`);
  expect(`${note.title} ${note.body}`).toContain(`№${number}`);

  await handOver(page, JSON.stringify(note));
  await expect.poll(() => shown(page)).toEqual([{ title: note.title, body: note.body, tag: note.tag, url: note.url }]);
  const url = await tap(context, note.tag);
  expect(new URL(url).pathname).toBe(`/my/requests/${id}`);
  expect(await shown(page)).toEqual([]);
  await open(page, url);
  await expect(page.locator("main").getByText(description).first()).toBeVisible();

  // Turned off, nothing more is sent there.
  await open(page, "/profile");
  await press(page, push.turn_off);
  await expect(page.getByRole("button", { name: push.turn_on, exact: true })).toBeVisible();
  const { devices } = await page.evaluate(async () => (await fetch("/api/v1/notifications/devices")).json());
  expect(devices.filter((one: { current: boolean }) => one.current)).toEqual([]);
});
