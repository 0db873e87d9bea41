import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
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
