// Sums booked by hand: small ones at once, large ones by the word of a second person; the desk and the resident see the
// same to the tiyin.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { type Api, asStaff, card, forgive, fresh, noComplaints, open, person, press, residents, sheet, signInResident, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const billing = texts("ru", "billing");
const common = texts("ru", "common");
const errors = texts("ru", "errors");
const staffing = texts("ru", "staff_admin");

/** News come to a page on their own, also where two cores have much to do. */
const NEWS = { timeout: 30_000 };

/** Tiyin as a page writes them, without a sign; pages say `paid ahead` instead. */
const shown = (tiyin: number) => {
  const [whole, part] = [Math.trunc(Math.abs(tiyin) / 100), Math.abs(tiyin) % 100];
  const soum = String(whole).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return part ? `${soum},${String(part).padStart(2, "0")}` : soum;
};

const corrections = (page: Page) => card(page, billing.corrections);
const row = (page: Page, reason: string) => corrections(page).locator("tbody tr", { hasText: reason });
const field = (page: Page, name: string) => sheet(page).locator(`[name=${name}]`);

async function fill(page: Page, facts: Record<string, string>) {
  for (const [name, value] of Object.entries(facts)) await field(page, name).fill(value);
  await press(sheet(page), common.save);
}

async function correct(page: Page, what: "less" | "more", facts: Record<string, string>) {
  await press(corrections(page), billing.new_correction);
  await field(page, "what").selectOption(what);
  await fill(page, facts);
}

/** Another administrator, who is not one of the demo. */
async function second(browser: Browser, admin: Api, path: string) {
  const { link } = await admin("POST", "/staff", { name: "Вторая Подпись", role: "admin" });
  const { page } = await person(browser);
  await page.goto(new URL(link, "http://any.example").pathname);
  await page.fill("input[name=login]", `second${Date.now()}`);
  await page.fill("input[name=password]", "a-long-password-2");
  await press(page, staffing.join);
  await page.waitForURL(/\/desk/);
  return open(page, path);
}

test("a small correction at once, a sum moved between accounts, a large one by two people", async ({ browser, request }) => {
  test.setTimeout(240_000);
  const admin = await asStaff(request, "admin");
  const money = (id: string) => admin("GET", `/accounts/${id}/money`);
  // Somebody with two homes: both accounts stand on one page.
  const home = (await person(browser, { phone: true })).page;
  await signInResident(home, residents()[1].phone, residents()[1].code);
  await open(home, "/my/bills");
  const months = home.locator("main a[href*='account=']");
  await expect(months.first()).toBeVisible();
  const ids = await months.evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).searchParams.get("account")!));
  const [one, two] = [...new Set(ids)];
  const [first, other] = [await money(one), await money(two)];
  const page = await staffAt(browser, "admin", `/desk/accounts/${one}`);
  /** What both accounts owe now, on every page. */
  const owe = async (onFirst: number, onOther: number) => {
    await expect.poll(async () => [(await money(one)).balance, (await money(two)).balance]).toEqual([onFirst, onOther]);
    await expect(page.locator("main .stat-value").first()).toContainText(shown(onFirst), NEWS);
    for (const [{ number }, sum] of [[first, onFirst], [other, onOther]]) {
      await expect(home.locator("main section.panel", { hasText: number })).toContainText(shown(sum), NEWS);
    }
  };

  // What is wrong is said beside its field, and nothing typed is lost.
  const small = fresh("Ошибка в площади");
  await correct(page, "more", { amount: "сто", reason: small });
  await expect(sheet(page).getByText(errors.field_out_of_range)).toBeVisible();
  await expect(field(page, "amount")).toHaveValue("сто");
  await fill(page, { amount: "100,25", other: "НЕТ-ТАКОГО" });
  await expect(sheet(page).getByText(errors.field_unknown)).toBeVisible();
  for (const [name, value] of [["what", "more"], ["amount", "100,25"], ["other", "НЕТ-ТАКОГО"], ["reason", small]]) {
    await expect(field(page, name)).toHaveValue(value);
  }
  forgive(/status of 422/);
  await fill(page, { other: "" });
  await expect(row(page, small)).toContainText(billing.run_posted);
  await expect(row(page, small)).toContainText("100,25");
  await owe(first.balance + 10_025, other.balance);

  // What came to the wrong account goes to the right one.
  const moved = fresh("Платёж не на тот счёт");
  await correct(page, "less", { amount: "40,10", other: other.number, reason: moved });
  await expect(row(page, moved)).toContainText(billing.run_posted);
  await expect(row(page, moved)).toContainText(other.number);
  await owe(first.balance + 6_015, other.balance + 4_010);

  // A large one changes nothing before somebody else has decided, and both see that they have.
  const large = fresh("Списание по решению суда");
  await correct(page, "less", { amount: "1000000,50", reason: large });
  await expect(row(page, large)).toContainText(billing.recalc_waiting);
  await expect(row(page, large).getByRole("button")).toHaveCount(0);
  await owe(first.balance + 6_015, other.balance + 4_010);
  const decides = await second(browser, admin, `/desk/accounts/${one}`);
  await press(row(decides, large), billing.approve);
  await expect(row(decides, large)).toContainText(billing.run_posted);
  await expect(row(page, large)).toContainText(billing.run_posted, NEWS);
  await owe(first.balance + 6_015 - 100_000_050, other.balance + 4_010);

  // As it was before: both accounts, and who leads the company.
  const { user_id } = await (await decides.request.get("/api/v1/auth/me")).json();
  await decides.context().close();
  await admin("POST", `/staff/${user_id}/block`);
  for (const [id, amount] of [[one, 50_000_000], [one, 50_000_050 - 6_015], [two, -4_010]]) {
    await admin("POST", `/accounts/${id}/corrections`, { amount, reason: "Как было" }, { "idempotency-key": randomUUID() });
  }
  await owe(first.balance, other.balance);
});

test("news that were asked for before a dialog was opened wait until it is closed", async ({ browser, request }) => {
  const admin = await asStaff(request, "admin");
  const { items: [{ id }] } = await admin("GET", "/accounts?limit=1");
  const page = await staffAt(browser, "admin", `/desk/accounts/${id}`);
  await expect(corrections(page)).toBeVisible();
  let held: (() => void) | undefined;
  const letGo = new Promise<void>((resolve) => (held = resolve));
  const asked = page.waitForRequest(/\/rpc\/billing\//);
  await page.route("**/rpc/**", async (route) => {
    await letGo;
    await route.continue();
  });
  const reason = fresh("Весть издалека");
  const book = (amount: number, reason: string) => admin("POST", `/accounts/${id}/corrections`, { amount, reason }, { "idempotency-key": randomUUID() });
  await book(777, reason);
  await asked;
  await press(corrections(page), billing.new_correction);
  await field(page, "reason").fill("Не договорил");
  // The last that the page asks for.
  const answered = page.waitForResponse(/\/rpc\/reminders\/rules/);
  held!();
  await (await answered).finished();
  await field(page, "amount").pressSequentially("12345,67");
  await expect(field(page, "amount")).toHaveValue("12345,67");
  await expect(field(page, "reason")).toHaveValue("Не договорил");
  await page.keyboard.press("Escape");
  await expect(row(page, reason)).toContainText("7,77", NEWS);
  await book(-777, fresh("Как было"));
});
