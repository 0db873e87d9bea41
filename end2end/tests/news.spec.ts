// One text to the people of a house: counted, sent, taken back in time, read at home, and told at the desk who has read it.
import { expect, test } from "@playwright/test";
import { alive, asStaff, file, noComplaints, person, put, residents, signInResident, signInStaff, texts } from "./support";

test.afterEach(noComplaints);

const news = texts("ru", "news");
const notices = texts("ru", "notices");

test("news reach a house, can be taken back, and tell who has read them", async ({ browser, request }) => {
  const who = residents()[0];
  const api = await asStaff(request, "admin");
  const [resident] = (await api("GET", `/residents?phone=${encodeURIComponent(who.phone)}`)).items;
  const house: string = (await api("GET", `/units/${resident.homes[0].unit_id}`)).address;
  const title = `Промывка труб ${Date.now()}`;

  const home = (await person(browser, { phone: true })).page;
  await signInResident(home, who.phone, who.code);
  await alive(home);

  const desk = (await person(browser)).page;
  await signInStaff(desk, "dispatcher");
  await desk.goto("/desk/news/new");
  await alive(desk);
  await desk.locator("input[name=title-ru]").fill(title);
  await desk.locator("textarea[name=text-ru]").fill("Во вторник с десяти до двенадцати воды не будет.");
  await desk.locator("main [role=combobox]").fill(house);
  await desk.getByRole("option", { name: house, exact: true }).first().click();
  // A house without any of its places is nobody, and surely not everybody.
  const whole = desk.getByRole("button", { name: texts("ru", "outages").whole_house, exact: true });
  await whole.click();
  await expect(desk.locator("main").getByText(news.look_no_place).first()).toBeVisible();
  await desk.getByRole("button", { name: news.send, exact: true }).click();
  await expect(desk.getByRole("dialog")).toHaveCount(0);
  await whole.click();
  await expect(desk.locator("main").getByText(/^Получателей: [1-9]/)).toBeVisible();

  // Sent, and taken back before its fifteen seconds are over: nobody got it.
  const send = async () => {
    await desk.getByRole("button", { name: news.send, exact: true }).click();
    await desk.getByRole("dialog").getByRole("button", { name: news.send, exact: true }).click();
    await desk.waitForURL(/\/desk\/news\/[0-9a-f-]{36}$/);
    await expect(desk.locator("main").getByText(/^Уйдёт через \d+ с$/)).toBeVisible();
  };
  await send();
  await desk.getByRole("button", { name: news.take_back, exact: true }).click();
  await expect(desk.locator("main").getByText(news.told_none)).toBeVisible();

  // Sent again and left alone: the report comes by itself, and so does the news at home.
  await send();
  await expect(desk.getByRole("heading", { name: news.report, exact: true })).toBeVisible();
  await expect(desk.locator("main").getByText(news.state_sent, { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await expect(desk.locator("main").getByText(put(news.report_read, { n: 0, share: 0 }))).toBeVisible();
  const line = home.getByRole("link").filter({ hasText: title });
  await expect(line).toBeVisible({ timeout: 30_000 });
  await expect(line).toContainText(notices.unread);
  await line.click();
  await expect(home.getByRole("heading", { name: title })).toBeVisible();
  await desk.reload();
  await alive(desk);
  await expect(desk.locator("main").getByText(/^Прочитали: 1 /)).toBeVisible();
});

test("a step of a request rings the bell of who filed it, and leads there", async ({ browser, request }) => {
  const who = residents()[0];
  const home = (await person(browser, { phone: true })).page;
  await signInResident(home, who.phone, who.code);
  await alive(home);
  const desk = await asStaff(request, "admin");
  const [resident] = (await desk("GET", `/residents?phone=${encodeURIComponent(who.phone)}`)).items;
  const facts = { unit_id: resident.homes[0].unit_id, contact_id: resident.id, category: "plumbing", kind: "regular", description: "Течёт кран" };
  const filed = await file(desk, facts);
  const plumber = (await desk("GET", "/staff")).find((one: { role: string }) => one.role === "staff");
  await desk("POST", `/requests/${filed.id}/assign`, { assignee_id: plumber.id });
  await home.goto("/my/notices");
  await alive(home);
  await home.getByRole("link").filter({ hasText: `№${filed.number}` }).first().click();
  await home.waitForURL(`**/my/requests/${filed.id}`);
  await expect(home.locator("main").getByText("Течёт кран").first()).toBeVisible();
});
