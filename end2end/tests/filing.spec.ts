// Writing a request down: what was typed survives, the words say what it is about, a person has the last word.
import { expect, type Page, test } from "@playwright/test";
import { alive, asResident, asStaff, card, file, fresh, noComplaints, open, press, put, residentAt, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const classifier = texts("ru", "classifier");
const common = texts("ru", "common");
const requests = texts("ru", "requests");
const resident = texts("ru", "resident");

const field = (page: Page, name: string) => page.locator("main").getByRole("textbox", { name, exact: true });
const category = (page: Page, name: string) => page.locator("main").getByRole("radio", { name, exact: true });

/** A click on its card waits until the page stands still: what is said of an address that was just found moves it. */
async function choose(page: Page, name: string) {
  await page.locator("main label.choice").filter({ has: page.getByRole("radio", { name, exact: true }) }).click();
  await expect(category(page, name)).toBeChecked();
}

async function reloaded(page: Page) {
  await page.reload();
  await alive(page);
}

/** The address, out of what the search offers. */
async function at(page: Page, address: string) {
  await page.locator("main").getByRole("combobox", { name: requests.address, exact: true }).fill(address);
  await page.getByRole("option").filter({ has: page.getByText(address, { exact: true }) }).first().click();
}

test("a request that was begun at the desk survives a reload, and is forgotten when it is filed", async ({ browser, request }) => {
  const [house] = (await (await asStaff(request, "dispatcher"))("GET", "/buildings?limit=1")).items;
  const page = await staffAt(browser, "dispatcher", "/desk/requests/new");
  const words = fresh("Сломана лавка");
  const restored = page.getByText(requests.draft_restored);
  const place = page.locator("main input[type=hidden][name=place]");
  await field(page, requests.caller_name).fill("Черновикова Нигора");
  await at(page, house.address);
  await expect(place).toHaveValue(`building:${house.id}`);
  await choose(page, common.category_yard);
  await field(page, requests.description).fill(words);

  await reloaded(page);
  await expect(restored).toBeVisible();
  await expect(field(page, requests.caller_name)).toHaveValue("Черновикова Нигора");
  await expect(place).toHaveValue(`building:${house.id}`);
  await expect(page.locator("main").getByRole("combobox", { name: requests.address, exact: true })).toHaveValue(house.address);
  await expect(category(page, common.category_yard)).toBeChecked();
  await expect(field(page, requests.description)).toHaveValue(words);

  // Begun anew: nothing of it comes back.
  await press(page, requests.start_over);
  await expect(field(page, requests.description)).toHaveValue("");
  await reloaded(page);
  await expect(restored).toHaveCount(0);
  await expect(field(page, requests.caller_name)).toHaveValue("");

  // Filed: the next form is empty.
  await at(page, house.address);
  await choose(page, common.category_yard);
  await field(page, requests.description).fill(words);
  await press(page, requests.create);
  await page.waitForURL(/\/desk\/requests\/[0-9a-f-]{36}$/);
  await expect(card(page, requests.facts)).toContainText(words);
  await open(page, "/desk/requests/new");
  await expect(field(page, requests.description)).toHaveValue("");
  await expect(restored).toHaveCount(0);
});

test("what a resident began to write is there after a reload", async ({ browser }) => {
  const page = await residentAt(browser, "/my/new");
  const words = fresh("Не закрывается дверь");
  await choose(page, common.category_doors);
  await press(page, resident.next);
  await press(page, resident.next);
  await field(page, resident.words_label).fill(words);
  await reloaded(page);
  await expect(page.locator("textarea[name=description]")).toHaveValue(words);
  await expect(page.locator("input[name=category][value=doors]")).toBeChecked();
});

test("the words of a call suggest the problem with their reason, and a press takes it", async ({ browser, request }) => {
  const desk = await asStaff(request, "dispatcher");
  const [home] = await (await asResident(request))("GET", "/homes");
  const words = fresh("На кухне капает кран");
  const [best] = await desk("POST", "/classifier/suggest", { text: words });
  expect(best.words).toContain("кран");
  expect(best.category).toBe("plumbing");

  const page = await staffAt(browser, "dispatcher", `/desk/requests/new?unit_id=${home.unit_id}&address=${encodeURIComponent(home.address)}`);
  const offer = page.locator("main .banner", { hasText: classifier.suggested });
  await field(page, requests.description).fill(words);
  await expect(offer).toContainText(best.names.ru);
  await expect(offer).toContainText(put(classifier.because, { words: best.words.join(", ") }));
  // A suggestion decides nothing by itself.
  await expect(category(page, common.category_plumbing)).not.toBeChecked();
  await press(offer, classifier.take);
  await expect(category(page, common.category_plumbing)).toBeChecked();
  await expect(page.locator("main input[type=hidden][name=problem_id]")).toHaveValue(best.problem_id);
  await expect(offer).toHaveCount(0);

  await press(page, requests.create);
  await page.waitForURL(/\/desk\/requests\/[0-9a-f-]{36}$/);
  const facts = card(page, requests.facts);
  await expect(facts).toContainText(best.names.ru);
  await expect(facts.getByText(classifier.auto)).toHaveCount(0);
});

test("what the words of a resident decided is confirmed at the desk", async ({ browser, request }) => {
  const resident = await asResident(request);
  const [home] = await resident("GET", "/homes");
  const { id, problem } = await file(resident, { unit_id: home.unit_id, category: "other", description: fresh("На кухне капает кран") });
  expect(problem).toMatchObject({ auto: true });
  const page = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const facts = card(page, requests.facts);
  await expect(facts).toContainText(problem.names.ru);
  await expect(facts.getByText(classifier.auto)).toBeVisible();
  await press(facts, classifier.confirm);
  await expect(page.getByText(classifier.confirmed)).toBeVisible();
  await expect(facts.getByText(classifier.auto)).toHaveCount(0);
  await expect(facts).toContainText(problem.names.ru);
  expect((await (await asStaff(request, "dispatcher"))("GET", `/requests/${id}`)).problem).toMatchObject({ id: problem.id, auto: false });
});
