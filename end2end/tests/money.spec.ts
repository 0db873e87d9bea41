// An accountant's month: a new price, a run looked at and booked, money from three sources, a payment given back, the
// debt that is left, the closed month. The same sums stand on every screen, to the tiyin.
import { expect, type Page, test } from "@playwright/test";
import { alive, asStaff, noComplaints, person, residents, signInResident, signInStaff, texts } from "./support";

test.afterEach(noComplaints);

const billing = texts("ru", "billing");
const payments = texts("ru", "payments");
const common = texts("ru", "common");

/** Tiyin of a sum as people see it: `1 250 000,50 сум`. */
const tiyin = (text: string) => {
  const number = text.replace(/[\s\u202f\u00a0]/g, "").replace("−", "-").match(/-?\d+(?:,\d{2})?/);
  if (!number) throw new Error(`no sum in ${text}`);
  const [soum, rest = "00"] = number[0].split(",");
  return Number(soum) * 100 + (soum.startsWith("-") ? -1 : 1) * Number(rest);
};

const stat = (page: Page, label: string) =>
  page.locator("main .stat-label", { hasText: label }).first().locator("xpath=following-sibling::*[contains(@class,'stat-value')]");

/** What the resident's page says is owed; below zero is paid ahead. */
async function owed(page: Page) {
  const panel = page.locator("main section.panel").first();
  const sum = tiyin(await panel.locator(".num").first().innerText());
  return (await panel.locator(".stat-label").innerText()).includes(payments.advance) ? -sum : sum;
}

async function record(page: Page, account: string, sum: string, way: string, reference: string) {
  await page.goto("/desk/payments");
  await alive(page);
  await page.getByRole("button", { name: payments.record, exact: true }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.locator("input[name=account]").fill(account);
  await dialog.locator("input[name=amount]").fill(sum);
  await dialog.locator("select[name=way]").selectOption(way);
  await dialog.locator("input[name=reference]").fill(reference);
  await dialog.getByRole("button", { name: payments.record, exact: true }).click();
  await page.waitForURL(/\/desk\/payments\/[0-9a-f-]{36}/);
}

test("an accountant's month", async ({ browser }) => {
  test.setTimeout(240_000);
  const office = (await person(browser)).page;
  await signInStaff(office, "admin");

  // A service nobody has charged yet, at a price with tiyin in it.
  const service = `Домофон ${Date.now()}`;
  await office.goto("/desk/tariffs");
  await alive(office);
  await office.getByRole("button", { name: billing.new_service }).click();
  const dialog = office.locator("dialog[open]");
  await dialog.locator("input[name=name_ru]").fill(service);
  await dialog.locator("input[name=name_uz]").fill("Domofon");
  await dialog.locator("input[name=name_en]").fill("Intercom");
  await dialog.locator("input[name=vat_percent]").fill("сто");
  await dialog.getByRole("button", { name: common.save }).click();
  await expect(dialog.locator("input[name=name_ru]"), "a mistake loses nothing").toHaveValue(service);
  await dialog.locator("input[name=vat_percent]").fill("12");
  await dialog.getByRole("button", { name: common.save }).click();
  await expect(office.locator("dialog[open]")).toHaveCount(0);
  const card = office.locator("section", { has: office.getByRole("heading", { name: service }) });
  await card.getByRole("button", { name: billing.new_tariff }).click();
  await dialog.locator("input[name=rule][value=unit]").check({ force: true });
  await dialog.locator("input[name=price]").fill("5000,37");
  await dialog.getByRole("button", { name: common.save }).click();
  await expect(card.getByText(billing.state_now)).toBeVisible();

  // Looked at, then booked.
  await office.goto("/desk/charges");
  await alive(office);
  await office.getByRole("button", { name: billing.preview, exact: true }).click();
  await office.waitForURL(/\/desk\/charges\/[0-9a-f-]{36}/);
  await expect(office.getByText(billing.run_ready)).toBeVisible({ timeout: 60_000 });
  const row = office.locator("tbody tr", { hasText: service });
  const [lines, sum] = (await row.locator("td.num").allInnerTexts()).map((text) => text.trim());
  expect(tiyin(sum)).toBe(Number(lines.replace(/\D/g, "")) * 500_037);

  // Before it is booked, the resident owes what they owed.
  const home = (await person(browser, { phone: true })).page;
  const who = residents()[0];
  await signInResident(home, who.phone, who.code);
  await home.goto("/my/pay");
  await alive(home);
  const before = await owed(home);
  const account = (await home.locator("main section.panel").first().innerText()).match(/\d{6,}/)![0];

  await office.getByRole("button", { name: billing.post, exact: true }).click();
  await office.locator("dialog[open]").getByRole("button", { name: billing.post, exact: true }).click();
  await expect(office.getByText(billing.run_posted, { exact: true })).toBeVisible({ timeout: 60_000 });
  await home.reload();
  await alive(home);
  const charged = await owed(home);
  expect(charged - before).toBeGreaterThanOrEqual(500_037);

  // Cash and the bank, by hand; the resident's page follows without a reload.
  await record(office, account, "1000,50", "cash", `ПКО-${Date.now()}`);
  const cash = office.url();
  await expect.poll(() => owed(home), { timeout: 15_000 }).toBe(charged - 100_050);
  await record(office, account, "2000", "bank", `ПП-${Date.now()}`);
  await expect.poll(() => owed(home), { timeout: 15_000 }).toBe(charged - 300_050);

  // Payme from the app, and back.
  await home.locator("main form input[name=sum]").first().fill("3000,25");
  await home.getByRole("button", { name: payments.by_payme }).first().click();
  await home.getByRole("button", { name: "Заплатить" }).click();
  await expect(home.getByText("Оплачено")).toBeVisible();
  await home.goto("/my/pay");
  await alive(home);
  await expect.poll(() => owed(home)).toBe(charged - 600_075);

  // Click by the link of a receipt, without a login, by somebody else.
  const token = await home.locator("main form input[name=token]").first().inputValue();
  const son = (await person(browser, { phone: true })).page;
  await son.goto(`/pay/${token}`);
  await son.fill("input[name=sum]", "сколько-нибудь");
  await son.getByRole("button", { name: payments.by_click }).click();
  await expect(son.locator("input[name=sum]"), "a mistake loses nothing").toHaveValue("сколько-нибудь");
  await son.fill("input[name=sum]", "4000");
  await son.getByRole("button", { name: payments.by_click }).click();
  await son.getByRole("button", { name: "Заплатить" }).click();
  await expect(son.getByText("Оплачено")).toBeVisible();
  await expect.poll(() => owed(home), { timeout: 15_000 }).toBe(charged - 1_000_075);

  // The cash was a mistake: given back, once.
  await office.goto(cash);
  await alive(office);
  await office.getByRole("button", { name: payments.refund, exact: true }).click();
  await office.locator("dialog[open] input[name=reason]").fill("Не тот счёт");
  await office.locator("dialog[open]").getByRole("button", { name: payments.refund, exact: true }).click();
  await expect(office.getByText(payments.state_refunded, { exact: true }).first()).toBeVisible();
  const left = charged - 900_025;
  await expect.poll(() => owed(home), { timeout: 15_000 }).toBe(left);

  // The account says the same, and its months add up.
  await office.goto(`/desk/payments?text=${account}`);
  await alive(office);
  await office.locator("tbody a[href^='/desk/accounts/']").first().click();
  await office.waitForURL(/\/desk\/accounts\//);
  await alive(office);
  await expect.poll(async () => tiyin(await stat(office, left > 0 ? billing.owed : billing.ahead).innerText())).toBe(Math.abs(left));
  const months = office.locator("section", { has: office.getByRole("heading", { name: billing.history }) }).locator("tbody tr");
  for (const cells of await months.evaluateAll((rows) => rows.map((r) => [...r.querySelectorAll("td.num")].map((c) => c.textContent ?? "")))) {
    const [opening, charge, again, penalty, paid, closing] = cells.map(tiyin);
    expect(opening + charge + again + penalty - paid).toBe(closing);
  }

  // Last month is closed for good: it takes its name to do it, and what was booked in it stays.
  await office.goto("/desk/charges");
  await alive(office);
  const close = office.locator("section", { has: office.getByRole("heading", { name: billing.close_month }) });
  await close.getByRole("button", { name: billing.close_month }).click();
  const sure = office.locator("dialog[open]");
  const month = (await sure.innerText()).match(/[а-я]+ 20\d\d/i)![0];
  await sure.locator("input").fill(month);
  await sure.getByRole("button", { name: billing.close_month }).click();
  await expect(office.getByText(billing.run_locked).first()).toBeVisible();
});

test("millions paid ahead fit on a phone", async ({ browser, request }) => {
  const { page } = await person(browser, { lang: "uz", phone: true });
  const who = residents()[2];
  await signInResident(page, who.phone, who.code);
  await page.goto("/my/bills");
  await alive(page);
  const account = (await page.locator("main section.panel").first().innerText()).match(/\d{6,}/)![0];
  const office = await asStaff(request, "admin");
  const cash = { account, source: "cash", amount: 9_876_543_210, reference: `ПКО-${Date.now()}` };
  const { id } = await office("POST", "/payments", cash);
  for (const path of ["/my/bills", "/my"]) {
    await page.goto(path);
    await alive(page);
    await expect(page.locator("main").getByText(texts("uz", "billing").ahead).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path).toBe(true);
  }
  await office("POST", `/payments/${id}/refund`, { reason: "Проба" });
});
