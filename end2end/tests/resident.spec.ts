// What a resident says about work that is under way, done or not wanted any more; the desk has the page open all the time.
import { type APIRequestContext, expect, test } from "@playwright/test";
import { asResident, asStaff, card, file, fresh, give, noComplaints, open, press, put, residentAt, sheet, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const outages = texts("ru", "outages");
const own = texts("ru", "resident");
const requests = texts("ru", "requests");

/** The resident's own request about their home. */
async function filed(request: APIRequestContext, words: string): Promise<{ id: string; number: number }> {
  const resident = await asResident(request);
  const [home] = await resident("GET", "/homes");
  return file(resident, { unit_id: home.unit_id, category: "doors", description: fresh(words) });
}

/** The same, and the work is done. */
async function done(request: APIRequestContext, words: string) {
  const made = await filed(request, words);
  await give(request, made.id, "locksmith");
  const worker = await asStaff(request, "locksmith");
  await worker("POST", `/requests/${made.id}/transitions`, { action: "start" });
  await worker("POST", `/requests/${made.id}/complete`, { result: "Смазал петли" });
  return made;
}

test("a neighbour's trouble is joined instead of filed again, and left when it is over", async ({ browser, request }) => {
  const [desk, resident] = [await asStaff(request, "dispatcher"), await asResident(request)];
  const [home] = await resident("GET", "/homes");
  // The one panel of its kind: a category that nobody in the house has told of yet.
  const told: { category: string }[] = await resident("GET", "/common-problems");
  const category = ["cleaning", "yard", "doors", "other"].find((word) => !told.some((one) => one.category === word))!;
  const words = fresh("Слова соседа");
  const { id } = await file(desk, { building_id: home.building_id, category, description: words });
  const common_problem = async () => (await resident("GET", "/common-problems")).find((one: { request_id: string }) => one.request_id === id);

  const office = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const neighbours = office.getByText(put(outages.neighbours, { n: 1 }), { exact: true });
  const page = await residentAt(browser, "/my");
  const problem = page.locator("main section.panel", { hasText: common[`category_${category}`] }).filter({ hasText: common.status_new });
  // What and where, and nothing that the neighbour said.
  await expect(problem).toHaveCount(1);
  await expect(page.getByText(words)).toHaveCount(0);
  await press(problem, outages.me_too);
  await expect(page.getByText(outages.me_too_done)).toBeVisible();
  await expect(problem).toContainText(put(outages.joined_n, { n: 1 }));
  expect(await common_problem()).toMatchObject({ mine: true, joined: 1 });
  await expect(neighbours).toBeVisible();

  // It stands among the resident's own, and moves as the work does.
  await open(page, "/my/requests");
  await expect(problem).toBeVisible();
  await press(problem, outages.me_too_leave);
  await expect(problem).toHaveCount(0);
  await expect(neighbours).toHaveCount(0);
  expect(await common_problem()).toMatchObject({ mine: false, joined: 0 });
  await desk("POST", `/requests/${id}/transitions`, { action: "cancel", reason: "Проверка закончена" });
});

test("a rating has its reasons, which fit the stars, and the desk reads them", async ({ browser, request }) => {
  const { id } = await done(request, "Скрипит дверь");
  const office = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const page = await residentAt(browser, `/my/requests/${id}?rate=1`);
  const chip = (word: string) => sheet(page).getByRole("button", { name: word, exact: true });
  const stars = (n: number) => sheet(page).locator(`input[type=radio][value='${n}']`).check({ force: true });
  await expect(chip(own.rate_send)).toBeDisabled();

  // Praise does not stay beside two stars.
  await stars(5);
  await chip(outages.reason_polite).click();
  await expect(chip(outages.reason_polite)).toHaveAttribute("aria-pressed", "true");
  await expect(chip(outages.reason_slow)).toHaveCount(0);
  await stars(2);
  await expect(chip(outages.reason_polite)).toHaveCount(0);
  await chip(outages.reason_slow).click();
  await chip(outages.reason_dirty).click();
  await chip(outages.reason_rude).click();
  await chip(outages.reason_rude).click();
  const words = fresh("Ждали неделю");
  await sheet(page).locator("textarea[name=rate-words]").fill(words);
  await chip(own.rate_send).click();
  await expect(sheet(page)).toHaveCount(0);
  const reasons = `${outages.reason_slow}, ${outages.reason_dirty}`;
  await expect(page.locator("main")).toContainText(reasons);

  const facts = card(office, requests.facts);
  await expect(facts).toContainText(reasons);
  await expect(facts).toContainText(words);
  const now = await (await asStaff(request, "dispatcher"))("GET", `/requests/${id}`);
  expect(now).toMatchObject({ rating: 2, rating_reasons: ["slow", "dirty"], rating_comment: words, status: "closed" });
});

test("work that was not done goes back with the resident's words", async ({ browser, request }) => {
  const { id } = await done(request, "Дверь снова не закрывается");
  const office = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const page = await residentAt(browser, `/my/requests/${id}`);
  await press(page, own.return_title);
  const verb = sheet(page).getByRole("button", { name: own.return_title, exact: true });
  await expect(verb).toBeDisabled();
  const words = fresh("Осталась щель");
  await sheet(page).locator("textarea").fill(words);
  await verb.click();
  await expect(sheet(page)).toHaveCount(0);
  await expect(page.getByText(common.status_returned).first()).toBeVisible();
  await expect(page.getByRole("button", { name: own.rate, exact: true })).toHaveCount(0);
  await expect(office.locator(".page-head")).toContainText(common.status_returned);
  await expect(card(office, requests.facts)).toContainText(words);
});

test("a request that is not needed any more is cancelled by who filed it", async ({ browser, request }) => {
  const { id } = await filed(request, "Заедает домофон");
  const office = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const page = await residentAt(browser, `/my/requests/${id}`);
  await press(page, own.cancel_title);
  await press(sheet(page), own.cancel_fixed);
  await expect(sheet(page).locator("textarea")).toHaveValue(own.cancel_fixed);
  await press(sheet(page), own.cancel_title);
  await expect(sheet(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: own.say_cancelled })).toBeVisible();
  await expect(page.getByRole("button", { name: own.cancel_title, exact: true })).toHaveCount(0);
  await expect(office.locator(".page-head")).toContainText(common.status_cancelled);
  await expect(card(office, requests.facts)).toContainText(own.cancel_fixed);
});
