// A cellar has no signal: the worker goes on, and everything arrives later, in order and with its own time. What was
// meanwhile given to somebody else is refused, and nothing of it is lost without a word.
import { type APIRequestContext, type Browser, expect, type Page, test } from "@playwright/test";
import { alive, asStaff, card, fileInYard, forgive, fresh, give, noComplaints, open, photo, press, put, sheet, staffAt, texts } from "./support";

test.describe.configure({ timeout: 180_000 });
test.afterEach(noComplaints);

const common = texts("ru", "common");
const task = texts("ru", "staff");

const waiting = (page: Page) => card(page, task.waiting_title);
const refused = (page: Page) => card(page, task.refused_title);

/** Whether a page and the code it runs on are on the phone. */
const kept = (page: Page, path: string) =>
  page.evaluate(async (path) => {
    const wasm = document.querySelector<HTMLLinkElement>("link[type='application/wasm']");
    return Boolean((await caches.match(path)) && wasm && (await caches.match(wasm.href)));
  }, path);

/** A worker who has looked at a request while there was a connection. */
async function atTheCellarDoor(browser: Browser, request: APIRequestContext) {
  const desk = await asStaff(request, "dispatcher");
  const { id, number } = await fileInYard(desk, fresh("Вода в подвале"));
  await give(request, id, "plumber");
  const path = `/work/requests/${id}`;
  const page = await staffAt(browser, "plumber", "/work", true);
  // The first visit installs what a later one lives on.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await open(page, path);
  await expect.poll(() => kept(page, path)).toBe(true);
  return { desk, id, number, path, page };
}

async function say(page: Page, words: string) {
  await page.locator("textarea[name=comment]").fill(words);
  await press(page, common.send);
}

test("work without a signal arrives in order, with the times it was done at", async ({ browser, request }) => {
  const { desk, id, path, page } = await atTheCellarDoor(browser, request);
  const words = fresh("Насос стоит");
  const down = Date.now();
  await page.context().setOffline(true);

  await press(page, task.start);
  await expect(waiting(page)).toContainText(task.did_start);
  await say(page, words);
  await expect(waiting(page)).toContainText(words);

  // The phone was put away and taken out again: the page is there, with all that waits, and says how old it is.
  await page.reload();
  await alive(page);
  await expect(page.getByText(put(task.as_of, { time: "" }).trim())).toBeVisible();
  await expect(waiting(page)).toContainText(task.did_start);
  await expect(waiting(page)).toContainText(words);

  await press(page, task.finish);
  await sheet(page).locator("textarea[name=result]").fill("Откачали воду");
  await sheet(page).locator("input[type=file]").first().setInputFiles(photo);
  await press(sheet(page), task.finish_send);
  await expect(waiting(page)).toContainText(task.did_finish);
  expect((await desk("GET", `/requests/${id}`)).status).toBe("assigned");

  // Long enough ago for "then" and "now" to be two moments.
  await expect.poll(() => Date.now() - down, { timeout: 30_000 }).toBeGreaterThan(25_000);
  const up = Date.now();
  await page.context().setOffline(false);
  await expect(waiting(page)).toHaveCount(0, { timeout: 60_000 });

  const told = await desk("GET", `/requests/${id}`);
  expect([told.status, told.result]).toEqual(["done", "Откачали воду"]);
  const steps = told.history.filter((h: { change: string }) => h.change === "status").slice(-2);
  expect(steps.map((h: { new: string }) => h.new)).toEqual(["in_progress", "done"]);
  const [began] = steps;
  expect(Date.parse(began.at)).toBeGreaterThan(down - 5_000);
  expect(Date.parse(began.at)).toBeLessThan(up);
  expect(Date.parse(began.sent_at)).toBeGreaterThan(up - 5_000);
  expect(Date.parse(told.completed_at)).toBeLessThanOrEqual(Date.parse(steps[1].sent_at ?? steps[1].at));
  const said = told.comments.find((c: { body: string }) => c.body === words);
  expect(Date.parse(said.written_at)).toBeLessThan(up);
  expect(told.files.map((f: { moment: string }) => f.moment)).toEqual(["after"]);
  await expect(page.getByText(task.waiting_resident)).toBeVisible();

  // Whoever signs out takes along what they have seen.
  expect(await kept(page, path)).toBe(true);
  await open(page, "/profile");
  await page.locator("form[action='/logout'] button[type=submit]").click();
  await page.waitForURL(/\/login/);
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("uk-pages-")))).toEqual([]);
});

test("work that was given away meanwhile is refused in so many words, and kept until the worker decides", async ({ browser, request }) => {
  const { desk, id, number, page } = await atTheCellarDoor(browser, request);
  const words = fresh("Уже внизу");
  await page.context().setOffline(true);
  await press(page, task.start);
  await expect(waiting(page)).toContainText(task.did_start);
  await say(page, words);
  await expect(waiting(page)).toContainText(words);
  await give(request, id, "lift");

  await page.context().setOffline(false);
  await expect(refused(page)).toContainText(task.did_start, { timeout: 60_000 });
  await expect(refused(page)).toContainText(task.refused_lead);
  // What came after it waits.
  await expect(refused(page)).toContainText(words);
  const untouched = await desk("GET", `/requests/${id}`);
  expect([untouched.status, untouched.comments]).toEqual(["assigned", []]);

  // Named on the day's page, where the request itself is no more.
  await open(page, "/work");
  await expect(refused(page)).toContainText(`№${number}`);
  await expect(refused(page)).toContainText(task.did_start);
  await press(page, task.discard);
  await expect(refused(page)).toContainText(task.did_start);
  await press(page, task.discard_sure);
  await expect(page.getByText(task.did_start)).toHaveCount(0);
  // The browser's own words about refused calls.
  forgive(/status of (403|404)/);
});
