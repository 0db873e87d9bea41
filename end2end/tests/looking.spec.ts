// Support sees the product as the person who asks for help: it says so on every page, nothing is changed in their name, and
// their history keeps who looked and why.
import { expect, type Page, test } from "@playwright/test";
import { asResident, asStaff, card, forgive, fresh, type Lang, noComplaints, open, person, press, put, sheet, signInStaff, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const audit = texts("ru", "audit");
const access = texts("ru", "access");

const strip = (page: Page) => page.locator(".look-strip");

/** Begins a look on the card that is open. */
async function look(page: Page, lang: Lang, name: string, reason: string) {
  const words = texts(lang, "access");
  await press(page, words.look_as);
  await expect(sheet(page).getByRole("heading", { name: put(words.look_title, { name }) })).toBeVisible();
  await sheet(page).locator("textarea[name=reason]").fill(reason);
  await press(sheet(page), words.look_begin);
}

/** Each of these pages says as whom one looks, and is no wider than its screen. */
async function saysSo(page: Page, name: string, paths: string[]) {
  for (const path of paths) {
    await open(page, path);
    await expect(strip(page).getByRole("status"), path).toContainText(name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is too wide`).toBe(true);
  }
}

/** The history of the card that is open: who looked, and why. */
async function remembers(page: Page, by: string, reason: string) {
  const history = card(page, audit.history);
  await expect(history).toContainText(audit.did_look_as);
  await expect(history).toContainText(audit.did_look_end);
  await expect(history).toContainText(reason);
  await expect(history).toContainText(by);
}

test("as a resident, on a telephone: nothing is changed in their name, and the way back is always there", async ({ browser, request }) => {
  test.setTimeout(180_000);
  const [desk, resident] = [await asStaff(request, "admin"), await asResident(request)];
  const [me, { contact_id, name }] = [await desk("GET", "/auth/me"), await resident("GET", "/auth/me")];
  const { page } = await person(browser, { lang: "uz", dark: true, phone: true });
  await signInStaff(page, "admin");
  await open(page, `/desk/people/${contact_id}`);
  const reason = fresh("Не видит заявку");
  await look(page, "uz", name, reason);
  await page.waitForURL(/\/my$/);
  await saysSo(page, name, ["/my", "/my/requests", "/my/bills", "/my/pay", "/my/homes", "/my/documents", "/my/news", "/my/new"]);

  // Refused with its own words; what was typed stays.
  const words = fresh("Chiroq yonmayapti");
  const own = texts("uz", "resident");
  await page.locator("main input[name=category][value=doors]").check({ force: true });
  await press(page, own.next);
  await press(page, own.next);
  await page.locator("main textarea[name=description]").fill(words);
  await press(page, own.send);
  await expect(page.locator("main .banner", { hasText: texts("uz", "errors").looking_as })).toBeVisible();
  await expect(page.locator("main textarea[name=description]")).toHaveValue(words);
  await expect(strip(page)).toBeVisible();
  expect(JSON.stringify(await resident("GET", "/requests"))).not.toContain(words);
  forgive(/\/my\/new\S*: .*status of 403/);

  // Another language is only how pages look: one still looks, and the way back speaks it too.
  await saysSo(page, name, ["/profile"]);
  await page.locator("form[action='/prefs'] button[name=lang][value=ru]").first().click();
  await expect(strip(page).getByRole("button", { name: access.look_return, exact: true })).toBeVisible();
  await expect(strip(page).getByRole("status")).toContainText(name);
  await press(strip(page), access.look_return);
  await page.waitForURL(/\/desk$/);

  // Oneself again, and it is written down.
  await open(page, `/desk/people/${contact_id}`);
  await expect(strip(page)).toHaveCount(0);
  await remembers(page, me.name, reason);
  await open(page, "/profile");
  await expect(page.locator("body")).toContainText(me.name);
});

test("as a worker; only below oneself, and never at the dispatcher's desk", async ({ browser, request }) => {
  test.setTimeout(120_000);
  const worker = await (await asStaff(request, "plumber"))("GET", "/auth/me");
  const me = await (await asStaff(request, "admin"))("GET", "/auth/me");
  const { contact_id } = await (await asResident(request))("GET", "/auth/me");
  const page = await staffAt(browser, "admin", `/desk/staff/${worker.user_id}`);
  const reason = fresh("Не видит обход");
  await look(page, "ru", worker.name, reason);
  await page.waitForURL(/\/work$/);
  await saysSo(page, worker.name, ["/work", "/profile"]);
  await press(strip(page), access.look_return);
  await page.waitForURL(/\/desk$/);
  await open(page, `/desk/staff/${worker.user_id}`);
  await expect(strip(page)).toHaveCount(0);
  await remembers(page, me.name, reason);
  await open(page, `/desk/staff/${me.user_id}`);
  await expect(page.locator("h1")).toContainText(me.name);
  await expect(page.getByRole("button", { name: access.look_as, exact: true })).toHaveCount(0);

  const other = await staffAt(browser, "dispatcher", `/desk/people/${contact_id}`);
  for (const path of [`/desk/people/${contact_id}`, `/desk/staff/${worker.user_id}`]) {
    await open(other, path);
    await expect(other.locator("h1")).toBeVisible();
    await expect(other.getByRole("button", { name: access.look_as, exact: true })).toHaveCount(0);
  }
});
