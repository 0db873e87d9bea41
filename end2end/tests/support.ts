import { type APIRequestContext, type Browser, type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

export type Lang = "ru" | "uz" | "en";
type Login = { role: string; login?: string; password?: string; phone?: string; code?: string };

/** The demo logins the server wrote beside its data. */
export const logins: Login[] = JSON.parse(readFileSync(`${process.env.E2E_DATA ?? "../.data"}/demo-logins.json`, "utf8"));

export const staff = (login: string) => {
  const found = logins.find((l) => l.login === login);
  if (!found) throw new Error(`no demo login ${login}`);
  return found as Required<Pick<Login, "login" | "password" | "role">>;
};
export const residents = () => logins.filter((l) => l.phone) as Required<Pick<Login, "phone" | "code">>[];

/** The texts of the product, so that tests speak the language of the page. */
export const texts = (lang: Lang, namespace: string): Record<string, string> =>
  JSON.parse(readFileSync(`../app/i18n/locales/${lang}/${namespace}.json`, "utf8"));

/** A text of the product with its holes filled. */
export const put = (text: string, holes: Record<string, string | number>) =>
  Object.entries(holes).reduce((t, [name, value]) => t.replace(new RegExp(`{{ ?${name} ?}}`), String(value)), text);

/** The API as one person sees it, for what a journey only needs to begin with; a refusal fails it with its own words. */
async function api(request: APIRequestContext, who: object) {
  const call = async (method: string, path: string, data?: object, headers: Record<string, string> = {}) => {
    const answer = await request.fetch(`/api/v1${path}`, { method, data, headers });
    const text = await answer.text();
    expect(answer.ok(), `${method} ${path}: ${text}`).toBe(true);
    return JSON.parse(text || "null");
  };
  const { access_token } = await call("POST", "/auth/login", who);
  const authorization = `Bearer ${access_token}`;
  return (method: string, path: string, data?: object, headers: Record<string, string> = {}) =>
    call(method, path, data, { authorization, ...headers });
}
export type Api = Awaited<ReturnType<typeof api>>;

export const asStaff = (request: APIRequestContext, login: string) => api(request, { login, password: staff(login).password });
export const asResident = (request: APIRequestContext) => api(request, { phone: residents()[0].phone, code: residents()[0].code });
/** Files a request. */
export const file = (who: Api, facts: object) => who("POST", "/requests", facts, { "idempotency-key": randomUUID() });

/** What each page complained about; a journey with a complaint fails. */
const complaints: string[] = [];
/** Browsers of a journey; one that stays open would go on talking in the next. */
const browsers: BrowserContext[] = [];
export const noComplaints = async () => {
  const seen = complaints.splice(0);
  for (const context of browsers.splice(0)) await context.close();
  complaints.length = 0;
  expect(seen).toEqual([]);
};

/** Forgets complaints that the journey is about. */
export const forgive = (about: RegExp) => {
  const others = complaints.filter((complaint) => !about.test(complaint));
  complaints.splice(0, complaints.length, ...others);
};

/** A browser of one person: language, look and size set, console watched. */
export async function person(
  browser: Browser,
  options: { lang?: Lang; dark?: boolean; phone?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    viewport: options.phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    colorScheme: options.dark ? "dark" : "light",
    hasTouch: options.phone,
    reducedMotion: "reduce",
  });
  browsers.push(context);
  const url = new URL(process.env.BASE_URL ?? "http://127.0.0.1:8080");
  await context.addCookies([{ name: "i18n_pref_locale", value: options.lang ?? "ru", domain: url.hostname, path: "/" }]);
  const page = await context.newPage();
  watch(page);
  return { context, page };
}

export function watch(page: Page) {
  page.on("console", (message) => {
    // That there is no network is what some journeys are about.
    const cut = message.text().includes("ERR_INTERNET_DISCONNECTED");
    if (["error", "warning"].includes(message.type()) && !cut) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
}

export async function signInStaff(page: Page, login: string) {
  const who = staff(login);
  await page.goto("/login?as=staff");
  await page.fill("input[name=login]", who.login);
  await page.fill("input[name=password]", who.password);
  await page.click("form[action='/login'] button[type=submit]");
  await page.waitForURL(/\/(desk|work)/);
}

/** By the demo code, which needs no asking: codes are sent to one phone only twice a minute. */
export async function signInResident(page: Page, phone: string, code: string) {
  await page.goto(`/login?as=resident&sent=1&phone=${encodeURIComponent(phone)}`);
  await page.fill("input[name=code]", code);
  await page.click("form[action='/login/verify'] button[type=submit]");
  await page.waitForURL(/\/my/);
}

/** The page is alive: WASM has taken over. */
export const alive = (page: Page) => page.waitForFunction(() => document.documentElement.dataset.alive === "yes");

export async function open(page: Page, path: string) {
  await page.goto(path);
  await alive(page);
  return page;
}

/** A page of somebody of the staff. */
export async function staffAt(browser: Browser, login: string, path: string, phone = false) {
  const { page } = await person(browser, { phone });
  await signInStaff(page, login);
  return open(page, path);
}

/** A page of the first resident one can sign in as. */
export async function residentAt(browser: Browser, path: string) {
  const { page } = await person(browser, { phone: true });
  await signInResident(page, residents()[0].phone, residents()[0].code);
  return open(page, path);
}

/** The open dialog. */
export const sheet = (page: Page) => page.locator("dialog[open]");
export const press = (within: Page | Locator, name: string) => within.getByRole("button", { name, exact: true }).click();

/** The panel under a heading. */
export const card = (page: Page, title: string) =>
  page.locator("main section.panel", { has: page.getByRole("heading", { name: title, exact: true }) });

/** Chooses from a select with search: what is typed is not enough, the row has to be taken. */
export async function pick(page: Page, field: string, label: string) {
  await page.locator(`#f-${field}`).fill(label);
  // Exactly that name: `Навои 1` is also the beginning of `Навои 12`.
  await page.locator("[role=listbox]:not([hidden]) [role=option]", { has: page.getByText(label, { exact: true }) }).first().click();
  await expect(page.locator(`input[type=hidden][name="${field}"]`)).toHaveValue(/.+/);
}

/** How long a job may take: messages of the journeys before, hundreds of them, may still be on their way and go first. */
export const JOB = 150_000;

/** Words that no other request has. */
export const fresh = (words: string) => `${words} ${Date.now()}`;

/** A request of the desk about the yard of a house, the first one if none is named: no outage is suspected behind it, no
 * proof is wanted of it. */
export async function fileInYard(desk: Api, description: string, facts: object = {}) {
  const [house] = (await desk("GET", "/buildings?limit=1")).items;
  return file(desk, { building_id: house.id, category: "yard", description, ...facts });
}

/** Gives a request to whom a login belongs. */
export async function give(request: APIRequestContext, id: string, login: string) {
  const { user_id } = await (await asStaff(request, login))("GET", "/auth/me");
  await (await asStaff(request, "dispatcher"))("POST", `/requests/${id}/assign`, { assignee_id: user_id });
}

/** A small real picture. */
export const photo = { name: "photo.png", mimeType: "image/png", buffer: readFileSync("fixtures/photo.png") };
