// Planned work: the dates a rhythm gives, told while it is typed; the request that comes of it; a plan that rests and ends.
import { expect, test } from "@playwright/test";
import { asStaff, card, fresh, JOB, noComplaints, open, pick, press, put, sheet, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const plans = texts("ru", "plans");

const day = (at: Date) => `${at.getUTCDate()} ${common.months.split(",")[at.getUTCMonth()]} ${at.getUTCFullYear()}`;

test("a plan tells its dates, is kept, rests and ends", async ({ browser, request }) => {
  const admin = await asStaff(request, "admin");
  const [house] = (await admin("GET", "/buildings?limit=1")).items;
  const title = fresh("Проверка кровли");
  // The first of the year after next: far enough that no request comes of it while the journey lasts.
  const year = new Date().getUTCFullYear() + 2;
  const page = await staffAt(browser, "admin", "/desk/plans/new");
  await page.getByRole("textbox", { name: plans.name, exact: true }).fill(title);
  await page.locator("select[name=category]").selectOption({ label: common.category_yard });
  await page.locator("input[name=starts_on]").fill(`${year}-01-01`);
  await page.locator("input[name=every]").fill("2");
  await page.locator("input[name=day]").fill("31");

  // Every other month, on its last day whatever it is called.
  const rhythm = put(plans.every_months_end, { n: 2 });
  await expect(page.locator("main")).toContainText(rhythm);
  const dates = [0, 2, 4, 6, 8, 10].map((month) => new Date(Date.UTC(year, month + 1, 0)));
  const shown = page.locator("[aria-live=polite]", { hasText: plans.next_dates }).locator(".pill");
  await expect(shown).toHaveText(dates.map(day));
  // A season leaves out what lies beyond it.
  await page.getByRole("switch", { name: plans.season, exact: true }).check({ force: true });
  await page.locator("select[name=season-from]").selectOption("11");
  await page.locator("select[name=season-to]").selectOption("3");
  await expect(shown.nth(2)).toHaveText(day(new Date(Date.UTC(year, 11, 0))));
  await page.getByRole("switch", { name: plans.season, exact: true }).uncheck({ force: true });

  await pick(page, "spot-house", house.address);
  await press(page, plans.add_place);
  await press(page, common.save);
  await page.waitForURL(/\/desk\/plans\/[0-9a-f-]{36}$/);
  await expect(card(page, plans.made)).toContainText(plans.made_none);

  const row = page.getByRole("row").filter({ hasText: title });
  await open(page, "/desk/plans");
  await expect(row).toContainText(new RegExp(rhythm, "i"));
  await expect(row).toContainText(day(dates[0]));
  await row.getByRole("link").first().click();
  await press(page, plans.pause);
  await expect(page.locator(".page-head")).toContainText(plans.paused);
  await press(page, plans.resume);
  await expect(page.locator(".page-head")).not.toContainText(plans.paused);
  await press(page, plans.end_plan);
  await press(sheet(page), plans.end_plan);
  await page.waitForURL(/\/desk\/plans$/);
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await expect(row).toHaveCount(0);
});

test("what a plan wants done today becomes a request at once, with the plan behind it", async ({ browser, request }) => {
  test.setTimeout(240_000);
  const admin = await asStaff(request, "admin");
  const [house] = (await admin("GET", "/buildings?limit=1")).items;
  const title = fresh("Посыпать дорожки");
  const page = await staffAt(browser, "admin", "/desk/plans/new");
  // The form begins with today; the rhythm is made to meet it.
  const today = await page.locator("input[name=starts_on]").inputValue();
  await page.getByRole("textbox", { name: plans.name, exact: true }).fill(title);
  await page.locator("textarea[name=description]").fill("Песком, не солью");
  await page.locator("select[name=category]").selectOption({ label: common.category_yard });
  await page.locator("select[name=who]").selectOption({ label: (await (await asStaff(request, "cleaner"))("GET", "/auth/me")).name });
  await page.locator("input[name=day]").fill(String(Number(today.slice(8))));
  await pick(page, "spot-house", house.address);
  await press(page, plans.add_place);
  await press(page, common.save);
  await page.waitForURL(/\/desk\/plans\/[0-9a-f-]{36}$/);
  const plan = page.url().match(/plans\/([0-9a-f-]{36})/)![1];
  const made = async () => (await admin("GET", `/plans/${plan}`)).made;
  await expect.poll(async () => (await made()).length, { timeout: JOB }).toBe(1);
  const [{ request_id, number }] = await made();

  // The plan shows what it made, and the request who wants it and when.
  await open(page, `/desk/plans/${plan}`);
  await card(page, plans.made).getByRole("link", { name: String(number), exact: true }).click();
  await page.waitForURL(`**/desk/requests/${request_id}`);
  await expect(page.locator("main")).toContainText("Песком, не солью");
  await expect(page.locator("main")).toContainText(put(plans.planned_for, { day: day(new Date(today)) }));
  await expect(page.locator(`main a[href="/desk/plans/${plan}"]`)).toHaveText(title);
  await expect(page.locator(".page-head")).toContainText(common.status_assigned);
  // The cleaner has it on the phone.
  const worker = await staffAt(browser, "cleaner", "/work", true);
  await expect(worker.locator(`main a[href*="${request_id}"]`).first()).toBeVisible();
  const { version } = await admin("GET", `/plans/${plan}`);
  await admin("DELETE", `/plans/${plan}`, undefined, { "if-match": `"${version}"` });
});
