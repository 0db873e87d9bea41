// A register as companies send it, 10,000 rows: read, checked, corrected through the error file, and taken back whole.
import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { alive, noComplaints, person, signInStaff, texts } from "./support";
import { type Cell, corrected, workbook } from "./workbook";

test.afterEach(noComplaints);

const FLATS = 10_000;
const words = texts("ru", "imports");
const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const put = (text: string, holes: Record<string, string | number>) =>
  Object.entries(holes).reduce((t, [name, value]) => t.replace(new RegExp(`{{ ?${name} ?}}`), String(value)), text);

/** Every second street with a Latin letter in it, `12а` and `12a`, areas missing or in words, a total at the end. */
function register(): Buffer {
  const rows: Cell[][] = [
    ["Реестр помещений ООО «Уют» на 01.05.2026"],
    [],
    ["Адрес дома", "Квартира", null, null, null, "Лицевой счет", "Примечание"],
    [null, "№ кв.", "Подъезд", "Этaж", "Площадь (кв.м)"],
  ];
  for (let n = 0; n < FLATS; n++) {
    const house = Math.floor(n / 100) + 1;
    const flat = (n % 100) + 1;
    const number = flat === 12 ? (house % 2 ? "12а" : "12a") : n % 3 ? flat : `${flat}.0`;
    const area = n % 50 === 7 ? null : n % 50 === 8 ? "54,25 м²" : 54.25;
    rows.push([`${n % 2 ? "ул. Ботаника" : "ул. Бoтаника"},  ${house}`, number, Math.floor((flat - 1) / 25) + 1, String(((flat - 1) % 9) + 1), area, 7_000_000 + n]);
    if (n % 40 === 39) rows.push([]);
  }
  rows.push(["ул. Ботаника, 1", "200", 4, "второй", 40], ["ул. Ботаника, 1", "201", 4, "2", "большая"], ["Итого:", null, null, null, 542_500.5]);
  return workbook(rows, ["A1:G1", "A3:A4", "B3:E3", "F3:F4", "G3:G4"]);
}

/** Owners of those flats: every hundredth phone stands twice, names in two alphabets, one phone that is none. */
function owners(): Buffer {
  const rows: Cell[][] = [["Ф.И.О.", "Телефон", "Лицевой счёт", "Кто это", "Доля"]];
  for (let n = 0; n < FLATS; n++) {
    const phone = 901_000_000 + (n % 100 === 99 ? n - 1 : n);
    const name = n % 2 ? `Каримов Азиз ${n}` : `Karimova Gulnora ${n}`;
    rows.push([name, n % 4 ? `+998 ${phone}` : phone, 7_000_000 + n, n % 5 ? "Собственник" : "арендатор", n % 10 === 1 ? "1/2" : null]);
  }
  rows.push(["Петров", "не помнит", 7_000_001, "Собственник", null]);
  return workbook(rows);
}

async function send(page: Page, kind: string, name: string, buffer: Buffer) {
  await page.goto(`/desk/imports/new?kind=${kind}`);
  await alive(page);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: xlsx, buffer });
  await page.getByRole("button", { name: words.upload, exact: true }).click();
  await page.waitForURL(/\/desk\/imports\/[0-9a-f-]{36}/);
  await alive(page);
  await page.getByRole("button", { name: words.check, exact: true }).click();
}

/** One of the four counters. */
const count = (page: Page, verdict: string) => page.locator(".stat", { hasText: verdict }).first();

async function write(page: Page, rows: number) {
  const asked = page.waitForResponse("**/rpc/imports/run");
  await page.getByRole("button", { name: put(words.run, { n: rows }), exact: true }).click();
  // The task may end between the two things a card is read from: the page looks again.
  const card = await (await asked).json();
  const between = JSON.stringify({ ...card, task: { ...card.task, state: "done" } });
  await page.route("**/rpc/imports/get", (route) => route.fulfill({ contentType: "application/json", body: between }), { times: 1 });
  // The bar survives a reload.
  await page.reload();
  await alive(page);
  await expect(page.getByText(put(words.result_done, { n: rows }))).toBeVisible({ timeout: 120_000 });
  // A short task is over before anybody asks: the answer that was prepared must not meet the next import.
  await page.unroute("**/rpc/imports/get");
}

async function takeBack(page: Page) {
  await page.getByRole("button", { name: words.undo, exact: true }).click();
  await page.locator("dialog[open]").getByRole("button", { name: words.undo, exact: true }).click();
  await expect(page.getByText(words.undone_all)).toBeVisible({ timeout: 120_000 });
}

test("a messy register comes in, is corrected and goes again", async ({ browser }) => {
  test.setTimeout(600_000);
  const { page, context } = await person(browser);
  await signInStaff(page, "admin");

  await send(page, "property", "реестр.xlsx", register());
  await expect(count(page, words.verdict_new)).toContainText(String(FLATS), { timeout: 60_000 });
  await expect(count(page, words.verdict_wrong)).toContainText("2");
  await expect(page.getByText("второй").first()).toBeVisible();
  await write(page, FLATS);
  const houses = page.url();

  // The rows that were wrong come back as a file; corrected, it brings the rest.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: words.error_file }).click()]);
  const errors = readFileSync(await download.path());
  await send(page, "property", "исправлено.xlsx", corrected(errors, { второй: "2", большая: "61,5" }));
  await expect(count(page, words.verdict_new)).toContainText("2", { timeout: 60_000 });
  await write(page, 2);
  const rest = page.url();

  await send(page, "people", "собственники.xlsx", owners());
  await expect(count(page, words.verdict_wrong)).toContainText("1", { timeout: 60_000 });
  await expect(page.getByText(words.warnings).first()).toBeVisible();
  await write(page, FLATS);
  await takeBack(page);

  for (const url of [rest, houses]) {
    await page.goto(url);
    await alive(page);
    await takeBack(page);
  }
  await page.goto(`/desk/search?q=${encodeURIComponent("7000001")}`);
  await alive(page);
  await expect(page.getByText(put(texts("ru", "search").nothing, { text: "7000001" }))).toBeVisible();
  await context.close();
});
