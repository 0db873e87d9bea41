// The main job, end to end: three people in three browsers watch each other live.
import { expect, type Page, test } from "@playwright/test";
import { alive, type Lang, noComplaints, person, photo, residents, signInResident, signInStaff, texts } from "./support";

test.afterEach(noComplaints);

for (const lang of ["ru", "uz"] as Lang[]) {
  test(`a request from photo to rating (${lang})`, async ({ browser }) => {
    const common = texts(lang, "common");
    const own = texts(lang, "resident");
    const work = texts(lang, "staff");
    const words = `Кран на кухне течёт ${lang} ${Date.now()}`;

    // Everybody is there before anything happens.
    const dispatcher = await person(browser, { lang });
    await signInStaff(dispatcher.page, "dispatcher");
    await alive(dispatcher.page);
    const worker = await person(browser, { lang, phone: true });
    await signInStaff(worker.page, "plumber");
    await alive(worker.page);
    const resident = await person(browser, { lang, phone: true });
    const who = residents()[0];
    await signInResident(resident.page, who.phone, who.code);
    await alive(resident.page);

    // The resident files it: photo and kind, place, words.
    await resident.page.goto("/my/new");
    await alive(resident.page);
    await resident.page.locator("input[type=file]").first().setInputFiles(photo);
    await resident.page.locator("input[name=category][value=plumbing]").check({ force: true });
    await resident.page.getByRole("button", { name: own.next }).click();
    await resident.page.getByRole("button", { name: own.next }).click();
    await resident.page.locator("textarea[name=description]").fill(words);
    await resident.page.getByRole("button", { name: own.send }).click();
    await resident.page.waitForURL(/\/my\/requests\/[0-9a-f-]{36}/);
    const id = resident.page.url().match(/requests\/([0-9a-f-]{36})/)![1];

    // The dispatcher's list says that something new came, without moving a row.
    const news = dispatcher.page.locator(".news-pill");
    await expect(news).toBeVisible();
    await news.click();
    const row = dispatcher.page.locator("tr", { hasText: words });
    await expect(row).toBeVisible();

    // Assigned; the resident and the worker see it without doing anything.
    await dispatcher.page.goto(`/desk/requests/${id}`);
    await alive(dispatcher.page);
    await expect(dispatcher.page.locator("img").first()).toBeVisible();
    await dispatcher.page.getByRole("button", { name: common.action_assign, exact: true }).first().click();
    await dispatcher.page.locator("input[name=assign-search]").fill(await nameOf(worker.page));
    await dispatcher.page.locator("dialog[open] button.menu-row").first().click();
    await expect(dispatcher.page.getByText(common.status_assigned).first()).toBeVisible();
    await expect(resident.page.getByText(common.status_assigned).first()).toBeVisible();
    await worker.page.goto("/work");
    await expect(worker.page.locator(`a[href*="${id}"]`).first()).toBeVisible();

    // The worker starts and finishes with a photo.
    await worker.page.goto(`/work/requests/${id}`);
    await alive(worker.page);
    await worker.page.getByRole("button", { name: common.action_start }).click();
    await expect(resident.page.getByText(common.status_in_progress).first()).toBeVisible();
    await worker.page.getByRole("button", { name: work.finish, exact: true }).click();
    const sheet = worker.page.locator("dialog[open]");
    await sheet.locator("textarea[name=result]").fill("Заменил прокладку");
    await sheet.locator("input[type=file]").first().setInputFiles(photo);
    await sheet.locator("button.btn-primary, .dialog-foot button").last().click();
    await expect(resident.page.getByText(common.status_done).first()).toBeVisible();
    await expect(dispatcher.page.getByText(common.status_done).first()).toBeVisible();

    // The resident rates it, which closes it; the dispatcher sees the end.
    await resident.page.getByRole("button", { name: own.rate, exact: true }).click();
    await resident.page.locator("dialog[open] input[type=radio][value='5']").check({ force: true });
    await resident.page.locator("dialog[open] button.btn-primary").last().click();
    await expect(dispatcher.page.getByText(common.status_closed).first()).toBeVisible();

    for (const someone of [dispatcher, worker, resident]) await someone.context.close();
  });
}

/** The worker's own name, from the profile. */
async function nameOf(page: Page): Promise<string> {
  await page.goto("/profile");
  return (await page.locator("dd").first().innerText()).trim();
}
