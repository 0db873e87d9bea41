// The first day of a company: taken in by the owner of the system, opened by its administrator, walked by the guide to the
// first request.
import { expect, type Page, test } from "@playwright/test";
import { alive, noComplaints, open, person, press, put, sheet, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const property = texts("ru", "property");
const requests = texts("ru", "requests");
const settings = texts("ru", "settings");
const staffing = texts("ru", "staff_admin");

const START = "/desk/settings/start";
const stamp = Date.now() % 10_000_000;
const company = `Первый день ${stamp}`;
const phone = (n: number) => `+9989${String(Date.now() + n).slice(-8)}`;

/** A step of the guide, and whether it is done. */
const step = (page: Page, text: string) => page.getByRole("listitem").filter({ has: page.getByRole("link", { name: text }) });
const isDone = (page: Page, text: string) => expect(step(page, text).getByRole("img", { name: settings.guide_done })).toBeVisible();

/** Follows a step to where it leads, another part of the desk. */
async function follow(page: Page, text: string, url: RegExp) {
  await open(page, START);
  await step(page, text).getByRole("link").click();
  await page.waitForURL(url);
  await alive(page);
}

async function field(page: Page, name: string, value: string) {
  await page.locator(`main [name="${name}"]`).first().fill(value);
}

test("an empty company comes to its first request by the guide", async ({ browser }) => {
  test.setTimeout(240_000);
  // The owner takes the company in, goes there and invites who will lead it.
  const owner = await staffAt(browser, "owner", "/desk/companies");
  await press(owner, property.new_company);
  await sheet(owner).locator("input[name=company-name]").fill(company);
  await press(sheet(owner), common.save);
  await expect(sheet(owner)).toHaveCount(0);
  await press(owner.getByRole("row").filter({ hasText: company }), property.company_enter);
  await owner.waitForURL(/\/desk$/);
  await expect(owner.getByText(put(settings.support, { company }))).toBeVisible();
  await open(owner, "/desk/staff?invite=1");
  await sheet(owner).locator("input[name=name]").fill("Первова Малика");
  await sheet(owner).locator("select[name=role]").selectOption("admin");
  await press(sheet(owner), staffing.send_invite);
  const link = await sheet(owner).locator("input[name=link]").inputValue();

  // The link opens the company to its administrator, who finds it empty and is told where to begin.
  const { page } = await person(browser);
  await page.goto(new URL(link).pathname);
  await page.fill("input[name=login]", `first${stamp}`);
  await page.fill("input[name=password]", "a-long-password-1");
  await press(page, staffing.join);
  await page.waitForURL(/\/desk/);
  await alive(page);
  await expect(page.getByText(requests.empty)).toBeVisible();
  await page.locator("main").getByRole("link", { name: settings.guide_title }).click();
  await page.waitForURL(`**${START}`);
  await alive(page);
  await expect(page.getByRole("heading", { name: settings.guide_title }).last()).toBeVisible();

  // Sample data to look at, and away with it.
  await press(page, settings.sample_load);
  await expect(page.getByRole("button", { name: settings.sample_remove, exact: true })).toBeVisible();
  await open(page, "/desk");
  await expect(page.locator("tbody tr[data-key]")).toHaveCount(3);
  await open(page, START);
  await press(page, settings.sample_remove);
  await expect(page.getByRole("button", { name: settings.sample_load, exact: true })).toBeVisible();
  await open(page, "/desk");
  await expect(page.getByText(requests.empty)).toBeVisible();

  await follow(page, settings.guide_profile, /\/desk\/settings$/);
  await field(page, "phone", "+998 71 200-30-40");
  await field(page, "address", "Ташкент, Первая 1");
  await press(page, common.save);
  await expect(page.getByText(settings.saved)).toBeVisible();

  await follow(page, settings.guide_building, /\/desk\/buildings\/new$/);
  const house = `Первая ${stamp}`;
  await field(page, "address", house);
  await field(page, "storeys", "2");
  await press(page, property.save_and_next);
  await page.waitForURL(/\/buildings\/[0-9a-f-]{36}\/chart/);
  await alive(page);
  for (const [name, value] of [["entrances", "1"], ["floors", "2"], ["per_floor", "2"]]) await field(page, name, value);
  await press(page, property.plan_make);
  await page.waitForURL(/\/buildings\/[0-9a-f-]{36}$/);

  await follow(page, settings.guide_people, /\/desk\/people\/new$/);
  await field(page, "name", "Новосёлов Тимур");
  await page.locator("main input[type=tel]").first().fill(phone(1));
  await page.locator("main [role=combobox]").first().fill(`${house} 1`);
  await page.getByRole("option", { name: house }).first().click();
  await press(page, common.save);
  await page.waitForURL(/\/people\/[0-9a-f-]{36}$/);

  await follow(page, settings.guide_staff, /\/desk\/staff\?invite=1$/);
  await sheet(page).locator("input[name=name]").fill("Мастеров Анвар");
  await press(sheet(page), staffing.send_invite);
  await expect(sheet(page).locator("input[name=link]")).toHaveValue(/\/join\/staff\//);
  await press(sheet(page), staffing.done);

  await open(page, START);
  for (const text of [settings.guide_profile, settings.guide_building, settings.guide_people, settings.guide_staff]) await isDone(page, text);
  await expect(page.getByText(put(settings.guide_progress, { done: 4, all: 5 }))).toBeVisible();
  await expect(step(page, settings.guide_request).getByRole("link")).toHaveAttribute("aria-current", "step");
  await follow(page, settings.guide_request, /\/desk\/requests\/new$/);
  await page.locator("main").getByRole("combobox", { name: requests.address, exact: true }).fill(`${house} 1`);
  await page.getByRole("option").filter({ hasText: house }).first().click();
  await page.locator("main input[name=category][value=plumbing]").check({ force: true });
  await page.locator("main textarea[name=description]").fill("Первая заявка");
  await press(page, requests.create);
  await page.waitForURL(/\/desk\/requests\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toHaveText(/^№\d+$/);

  // Nothing is left to do, and the company is still only its own.
  await open(page, START);
  await expect(page.getByText(settings.guide_finished)).toBeVisible();
  await open(page, "/desk");
  await expect(page.locator("tbody tr[data-key]")).toHaveCount(1);
});
