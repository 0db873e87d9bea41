// Several people and several requests: who is here and who writes, who watches, what was split, linked and joined.
import { type APIRequestContext, type Browser, expect, type Page, test } from "@playwright/test";
import { asStaff, card, fileInYard, fresh, noComplaints, open, press, put, sheet, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const requests = texts("ru", "requests");
const together = texts("ru", "together");
const ui = texts("ru", "ui");

type Filed = { id: string; number: number };

const filed = async (request: APIRequestContext, words: string): Promise<Filed> => fileInYard(await asStaff(request, "dispatcher"), words);
const nameOf = async (request: APIRequestContext, login: string): Promise<string> => (await (await asStaff(request, login))("GET", "/auth/me")).name;
const at = (browser: Browser, login: string, { id }: Filed) => staffAt(browser, login, `/desk/requests/${id}`);

const head = (page: Page) => page.locator(".page-head");
const related = (page: Page) => card(page, together.related);
/** A request as a line: its number, how it belongs here, what may be done to it. */
const line = (within: ReturnType<typeof related>, page: Page, { number }: Filed) =>
  within.locator("div.grid", { has: page.getByRole("link", { name: `№${number}`, exact: true }) }).last();

test("who looks at a request is seen by the others, who writes as well, and who leaves is gone", async ({ browser, request }) => {
  const here = await filed(request, fresh("Двое у одной заявки"));
  const [one, two] = [await nameOf(request, "dispatcher"), await nameOf(request, "dispatcher2")];
  const first = await at(browser, "dispatcher", here);
  await expect(head(first)).not.toContainText(one);
  const second = await at(browser, "dispatcher2", here);
  await expect(head(first)).toContainText(put(together.here_viewing, { names: two }));
  await expect(head(second)).toContainText(put(together.here_viewing, { names: one }));

  await second.locator("textarea[name=comment]").fill("Пишу жителю");
  await expect(head(first)).toContainText(put(together.here_typing, { names: two }));
  await second.locator("textarea[name=comment]").fill("");
  await expect(head(first)).toContainText(put(together.here_viewing, { names: two }));
  // A third one: both are named.
  const three = await nameOf(request, "admin");
  const third = await at(browser, "admin", here);
  for (const name of [two, three]) await expect(head(first)).toContainText(name);
  await third.close();
  await expect(head(first)).not.toContainText(three);
  await open(second, "/desk");
  await expect(head(first)).not.toContainText(two);
});

test("watchers: oneself, somebody else who hears of it, and the responsible", async ({ browser, request }) => {
  const here = await filed(request, fresh("За этим следят"));
  const [one, two] = [await nameOf(request, "dispatcher"), await nameOf(request, "dispatcher2")];
  const page = await at(browser, "dispatcher", here);
  const other = await staffAt(browser, "dispatcher2", "/desk/notices");
  const people = card(page, together.people);
  const watcher = (name: string) => people.getByRole("button", { name, exact: true });

  await press(people, together.watch_me);
  await expect(watcher(one)).toBeVisible();
  await expect(people.getByRole("button", { name: together.unwatch_me, exact: true })).toBeVisible();
  await press(people, together.watch_add);
  await sheet(page).locator("input[name=pick-search]").fill(two);
  await sheet(page).getByRole("button").filter({ hasText: two }).click();
  await expect(watcher(two)).toBeVisible();
  await press(people, together.responsible_set);
  await sheet(page).locator("input[name=pick-search]").fill(two);
  await sheet(page).getByRole("button").filter({ hasText: two }).click();
  await expect(people.getByRole("button", { name: together.responsible_set, exact: true })).toHaveCount(0);

  // The other one is told without asking, and the notice leads to the request.
  await expect(other.locator("main").getByRole("link").filter({ hasText: put(together.notice_watching, { name: one }) }).first()).toBeVisible();
  await other.locator("main").getByRole("link").filter({ hasText: put(together.notice_responsible, { name: one }) }).first().click();
  await other.waitForURL(`**/desk/requests/${here.id}`);
  await expect(card(other, together.people)).toContainText(two);

  await watcher(two).click();
  await expect(watcher(two)).toHaveCount(0);
  await press(people, together.unwatch_me);
  await expect(watcher(one)).toHaveCount(0);
  const { together: now } = await (await asStaff(request, "dispatcher"))("GET", `/requests/${here.id}`);
  expect(now).toMatchObject({ watchers: [], watching: false, responsible: { name: two } });
});

test("one call of two troubles is split, and both know of each other", async ({ browser, request }) => {
  const text = fresh("Сломаны качели");
  const here = await filed(request, text);
  const page = await at(browser, "dispatcher", here);
  await press(related(page), together.split);
  const second = fresh("И не закрывается калитка");
  await sheet(page).locator("textarea[name=split-description]").fill(second);
  await sheet(page).locator("select[name=split-category]").selectOption({ label: common.category_doors });
  await press(sheet(page), together.split);
  await page.waitForURL((url) => /\/desk\/requests\/[0-9a-f-]{36}$/.test(url.pathname) && !url.pathname.endsWith(here.id));
  await expect(card(page, requests.facts)).toContainText(second);
  await expect(card(page, requests.facts)).toContainText(common.category_doors);
  await expect(line(related(page), page, here)).toContainText(together.link_split);
  const made = { id: page.url().match(/requests\/([0-9a-f-]{36})/)![1], number: Number((await page.locator("h1").innerText()).replace(/\D/g, "")) };
  await line(related(page), page, here).getByRole("link").click();
  await page.waitForURL(`**/desk/requests/${here.id}`);
  await expect(card(page, requests.facts)).toContainText(text);
  await expect(line(related(page), page, made)).toContainText(together.link_split);
  // The address came along.
  const desk = await asStaff(request, "dispatcher");
  const [old, young] = [await desk("GET", `/requests/${here.id}`), await desk("GET", `/requests/${made.id}`)];
  expect(young).toMatchObject({ address: old.address, building_id: old.building_id, category: "doors" });
});

test("a cause and what came of it are linked, seen from both sides, and unlinked with a way back", async ({ browser, request }) => {
  const [cause, effect] = [await filed(request, fresh("Упало дерево")), await filed(request, fresh("Оборван кабель"))];
  const page = await at(browser, "dispatcher", effect);
  const other = await at(browser, "dispatcher2", cause);
  await press(related(page), together.link_add);
  await sheet(page).getByRole("radio", { name: together.link_cause, exact: true }).check({ force: true });
  await sheet(page).locator("input[name=link-find]").fill(String(cause.number));
  await press(line(sheet(page), page, cause), together.link_add);
  await expect(sheet(page)).toHaveCount(0);
  await expect(line(related(page), page, cause)).toContainText(together.link_cause);
  await expect(line(related(other), other, effect)).toContainText(together.link_cause_in);

  const linked = async () => (await (await asStaff(request, "dispatcher"))("GET", `/requests/${effect.id}`)).together.links.length;
  await press(line(related(page), page, cause), together.unlink);
  await expect.poll(linked).toBe(0);
  const told = page.locator(".toast-card", { hasText: together.unlinked });
  await told.hover();
  await press(told, ui.undo);
  await expect.poll(linked).toBe(1);
  await expect(line(related(page), page, cause)).toContainText(together.link_cause);
});

test("a double is joined on its page, says so at once, and can be taken out", async ({ browser, request }) => {
  const text = fresh("Не горит фонарь");
  const [main, double] = [await filed(request, text), await filed(request, `${text}, снова`)];
  const page = await at(browser, "dispatcher", main);
  const other = await at(browser, "dispatcher2", double);
  await press(related(page), together.link_add);
  await sheet(page).locator("input[name=link-find]").fill(text);
  await press(line(sheet(page), page, double), together.join);
  await expect(related(page).getByText(together.joined, { exact: true })).toBeVisible();
  await expect(line(related(page), page, double)).toContainText(common.status_cancelled);

  const note = other.locator("main .banner", { hasText: put(together.merged_title, { number: main.number }) });
  await expect(note).toContainText(put(together.merged_text, { status: common.status_new }));
  await press(note, together.take_out);
  await expect(note).toHaveCount(0);
  await expect(head(other)).toContainText(common.status_new);
  await expect(related(page).getByText(together.joined, { exact: true })).toHaveCount(0);
});
