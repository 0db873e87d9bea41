import { type APIRequestContext, type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
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
export const noComplaints = () => {
  const seen = complaints.splice(0);
  expect(seen).toEqual([]);
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
  const url = new URL(process.env.BASE_URL ?? "http://127.0.0.1:8080");
  await context.addCookies([{ name: "i18n_pref_locale", value: options.lang ?? "ru", domain: url.hostname, path: "/" }]);
  const page = await context.newPage();
  watch(page);
  return { context, page };
}

export function watch(page: Page) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
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

/** A small real picture. */
export const photo = { name: "photo.png", mimeType: "image/png", buffer: readFileSync("fixtures/photo.png") };
