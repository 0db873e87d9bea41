// The desk's day: two people at one request, many at once and back, doubles, the board, a call and the call back.
import { type APIRequestContext, type Browser, expect, type Page, test } from "@playwright/test";
import { alive, asStaff, fileInYard, fresh, give, noComplaints, person, put, residents, signInStaff, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const people = texts("ru", "people");
const requests = texts("ru", "requests");
const search = texts("ru", "search");
const together = texts("ru", "together");
const ui = texts("ru", "ui");

type Filed = { id: string; number: number; status: string; priority: string; address: string };
const CALLER = { contact_name: "Проверкина Азиза", contact_phone: "+998901112233" };

const filed = async (request: APIRequestContext, description: string): Promise<Filed> =>
  fileInYard(await asStaff(request, "dispatcher"), description, CALLER);

const card = async (request: APIRequestContext, id: string) => (await asStaff(request, "dispatcher"))("GET", `/requests/${id}`);

async function dispatcher(browser: Browser) {
  const { page } = await person(browser);
  await signInStaff(page, "dispatcher");
  return page;
}

/** A page whose call may be refused: the browser writes a line of its own about each 409. All else it says is kept. */
async function refusable(browser: Browser) {
  const { context } = await person(browser);
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !message.text().includes("status of 409")) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  return { page, said };
}

const rows = (page: Page) => page.locator("tbody tr[data-key]");
const toolbar = (page: Page) => page.getByRole("toolbar", { name: ui.selected });
const undo = (page: Page, done: number) => {
  const told = page.locator(".toast-card", { hasText: put(search.bulk_done, { n: done }) });
  return { told, button: told.getByRole("button", { name: ui.undo, exact: true }) };
};

async function found(page: Page, text: string, many: number) {
  await page.goto(`/desk?text=${encodeURIComponent(text)}`);
  await alive(page);
  await expect(rows(page)).toHaveCount(many);
}

/** The panel with the facts of a request, and its form. */
const facts = (page: Page) => page.locator("section.panel", { has: page.getByRole("heading", { name: requests.facts, exact: true }) });
const words = (page: Page) => facts(page).locator("textarea[name=edit-description]");
const save = (page: Page) => facts(page).getByRole("button", { name: common.save, exact: true });

async function edit(page: Page) {
  await facts(page).locator(".panel-head").getByRole("button", { name: common.edit, exact: true }).click();
  await expect(words(page)).toBeVisible();
}

test("two dispatchers edit one request and lose nothing", async ({ browser, request }) => {
  const text = fresh("Яма во дворе");
  const { id } = await filed(request, text);
  const first = await dispatcher(browser);
  const { page: second, said } = await refusable(browser);
  await signInStaff(second, "dispatcher2");
  for (const page of [first, second]) {
    await page.goto(`/desk/requests/${id}`);
    await alive(page);
    await edit(page);
  }

  // Different fields: both hold. The second hears of the first while writing, and what is written stays.
  await words(second).fill(`${text}, уже глубокая`);
  await facts(first).locator("select[name=edit-priority]").selectOption("urgent");
  await save(first).click();
  await expect(second.locator(".page-head")).toContainText(put(requests.priority_tag, { word: common.priority_urgent }));
  await expect(words(second)).toHaveValue(`${text}, уже глубокая`);
  await save(second).click();
  for (const page of [first, second]) {
    await expect(words(page)).toHaveCount(0);
    await expect(facts(page)).toContainText(`${text}, уже глубокая`);
    await expect(facts(page)).toContainText(common.priority_urgent);
  }

  // The same field: both versions are shown to who comes second, and nothing is saved over the other.
  const [theirs, mine] = [`${text}: у третьего подъезда`, `${text}: огородили`];
  await edit(first);
  await edit(second);
  await words(second).fill(mine);
  await words(first).fill(theirs);
  await save(first).click();
  await expect(facts(first)).toContainText(theirs);
  await save(second).click();
  const quarrel = second.getByRole("alert").filter({ hasText: together.conflict_title });
  await expect(quarrel).toContainText(theirs);
  await expect(quarrel).toContainText(mine);
  await expect(words(second)).toHaveValue(mine);
  await expect(save(second)).toBeDisabled();
  expect((await card(request, id)).description).toBe(theirs);
  await quarrel.getByRole("button", { name: together.take_both }).click();
  await expect(quarrel).toHaveCount(0);
  await expect(words(second)).toHaveValue(`${theirs}\n\n${mine}`);
  await save(second).click();
  for (const page of [first, second]) {
    await expect(facts(page)).toContainText(theirs);
    await expect(facts(page)).toContainText(mine);
  }
  expect(await card(request, id)).toMatchObject({ description: `${theirs}\n\n${mine}`, priority: "urgent" });
  expect(said).toEqual([]);
});

test("a minute's fight over one text loses nothing that either typed", async ({ browser, request }) => {
  test.setTimeout(180_000);
  const { id } = await filed(request, fresh("Спорный текст"));
  const [first, second] = [await refusable(browser), await refusable(browser)];
  await signInStaff(first.page, "dispatcher");
  await signInStaff(second.page, "dispatcher2");
  for (const { page } of [first, second]) {
    await page.goto(`/desk/requests/${id}`);
    await alive(page);
  }
  const quarrel = (page: Page) => page.getByRole("alert").filter({ hasText: together.conflict_title });
  // Whoever comes second takes both versions and saves again, as often as it needs.
  const say = async (page: Page, line: string) => {
    await edit(page);
    await words(page).fill(line);
    await expect(async () => {
      if (await quarrel(page).count()) await quarrel(page).getByRole("button", { name: together.take_both }).click({ timeout: 3_000 });
      if (await words(page).count()) await save(page).click({ timeout: 3_000 });
      await expect(words(page)).toHaveCount(0, { timeout: 3_000 });
    }).toPass({ timeout: 40_000 });
  };
  const typed: string[] = [];
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const lines = ["первый", "второй"].map((who) => `${who} ${typed.length}`);
    typed.push(...lines);
    await Promise.all([say(first.page, lines[0]), say(second.page, lines[1])]);
  }
  expect(typed.length).toBeGreaterThan(10);
  const { history, description } = await card(request, id);
  const kept = [description, ...history.filter((h: { change: string }) => h.change === "description").flatMap((h: { old: string; new: string }) => [h.old, h.new])];
  const lines = kept.flatMap((text) => text.split("\n"));
  expect(typed.filter((line) => !lines.includes(line))).toEqual([]);
  expect([...first.said, ...second.said]).toEqual([]);
});

test("many at once and back, and a look beside the list", async ({ browser, request }) => {
  const text = fresh("Не убран снег");
  const all: Filed[] = [];
  for (const place of ["у входа", "у стоянки", "у площадки"]) all.push(await filed(request, `${text} ${place}`));
  const priorities = async () => (await Promise.all(all.map(({ id }) => card(request, id)))).map((now) => now.priority);
  const before = all.map(({ priority }) => priority);
  const page = await dispatcher(browser);
  await found(page, text, 3);

  // Chosen by the keyboard, raised from the bar.
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+J");
  await page.keyboard.press("Shift+J");
  await expect(rows(page).and(page.locator("[aria-selected=true]"))).toHaveCount(3);
  await toolbar(page).locator(`summary[aria-label="${search.bulk_priority}"]`).click();
  await toolbar(page).getByRole("button", { name: common.priority_urgent }).click();

  // Under the pointer the message does not go away before its button is pressed.
  const { told, button } = undo(page, 3);
  await told.hover();
  await expect.poll(priorities).toEqual(["urgent", "urgent", "urgent"]);
  await button.click();
  await expect.poll(priorities).toEqual(before);
  await expect(toolbar(page)).toHaveCount(0);

  // Space looks at the row under the cursor, J takes the look along, Escape closes it.
  const shown = async () => {
    const id = await page.locator("tr[data-active]").getAttribute("data-key");
    return all.find((one) => one.id === id)!;
  };
  await page.keyboard.press("k");
  await page.keyboard.press("Space");
  const look = page.locator("dialog.side-sheet[open]");
  const one = await shown();
  await expect(look).toContainText(`№${one.number}`);
  await expect(look).toContainText(one.address);
  await expect(look).toContainText(CALLER.contact_name);
  await expect(look.locator(`a[href="tel:${CALLER.contact_phone}"]`)).toBeVisible();
  await page.keyboard.press("k");
  const other = await shown();
  expect(other.id).not.toBe(one.id);
  await expect(look).toContainText(`№${other.number}`);
  await page.keyboard.press("Escape");
  await expect(look).toHaveCount(0);
});

test("doubles are joined from the list and taken apart again", async ({ browser, request }) => {
  const text = fresh("Сломана лавочка");
  const [main, double] = [await filed(request, text), await filed(request, `${text}, звонили ещё раз`)];
  const page = await dispatcher(browser);
  await found(page, text, 2);
  for (const box of await rows(page).locator("input[name=ids]").all()) await box.check();
  await toolbar(page).getByRole("button", { name: together.bulk_join, exact: true }).click();
  const { told, button } = undo(page, 1);
  await told.hover();

  // The first filed takes the other in.
  await expect.poll(async () => (await card(request, double.id)).together.main?.number).toBe(main.number);
  const joined = async () => (await card(request, main.id)).together.joined.map((one: Filed) => one.number);
  expect(await joined()).toEqual([double.number]);
  expect((await card(request, double.id)).status).toBe("cancelled");

  await button.click();
  await expect.poll(async () => (await card(request, double.id)).together.main).toBeNull();
  expect(await joined()).toEqual([]);
  expect((await card(request, double.id)).status).toBe(double.status);
});

test("cards of the board are dragged, and moved by the keyboard", async ({ browser, request }) => {
  const text = fresh("Покосился забор");
  const { id, number } = await filed(request, text);
  await give(request, id, "plumber");
  const page = await dispatcher(browser);
  await page.goto(`/desk?show=board&text=${encodeURIComponent(text)}`);
  await alive(page);
  const lane = (status: string) => page.locator(`section[aria-label="${status}"]`);
  const inLane = (status: string) => lane(status).locator("article", { hasText: text });
  await expect(inLane(common.status_assigned)).toBeVisible();

  // A lane takes a card only after it was dragged over: the second move says that.
  await inLane(common.status_assigned).hover();
  await page.mouse.down();
  await lane(common.status_in_progress).hover();
  await lane(common.status_in_progress).hover();
  await page.mouse.up();
  await expect(inLane(common.status_in_progress)).toBeVisible();
  expect((await card(request, id)).status).toBe("in_progress");

  // The same by the card's menu. News redraws the board and shuts a menu; then it is opened once more.
  const handle = page.locator(`summary[aria-label="${put(together.board_move, { number })}"]`);
  const step = page.locator("article", { hasText: text }).getByRole("button", { name: common.action_complete });
  await expect(async () => {
    if (await inLane(common.status_done).isVisible()) return;
    await handle.focus({ timeout: 2000 });
    if (!(await step.isVisible())) await page.keyboard.press("Enter");
    for (let presses = 0; presses < 6; presses++) {
      if (await step.evaluate((element) => element === document.activeElement, undefined, { timeout: 2000 })) break;
      await page.keyboard.press("ArrowDown");
    }
    await expect(step).toBeFocused({ timeout: 1000 });
    await page.keyboard.press("Enter");
    await expect(inLane(common.status_done)).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 40_000 });
  expect((await card(request, id)).status).toBe("done");
});

test("a call becomes a request, and the work is called back about", async ({ browser, request }) => {
  const { phone } = residents()[0];
  const [caller] = (await (await asStaff(request, "dispatcher"))("GET", `/residents?phone=${encodeURIComponent(phone)}`)).items;
  const page = await dispatcher(browser);

  // The number says who calls and from where; the new request knows both.
  await page.goto(`/desk/call/${phone}`);
  await alive(page);
  await expect(page.getByText(people.call_card).first()).toBeVisible();
  await expect(page.locator("main").getByText(caller.name).first()).toBeVisible();
  await page.keyboard.press("n");
  await page.waitForURL(/\/desk\/requests\/new\?/);
  await expect(page.locator("main input[name=contact_name]")).toHaveValue(caller.name);
  await expect(page.locator("main input[name=place]")).toHaveValue(/^unit:[0-9a-f-]{36}$/);
  await page.locator("main input[name=category][value=doors]").check({ force: true });
  const text = fresh("Не закрывается дверь подъезда");
  await page.locator("main textarea[name=description]").fill(text);
  await page.getByRole("button", { name: requests.create, exact: true }).click();
  await page.waitForURL(/\/desk\/requests\/[0-9a-f-]{36}/);
  const id = page.url().match(/requests\/([0-9a-f-]{36})/)![1];
  await expect(facts(page)).toContainText(text);
  const { number, contact_id } = await card(request, id);
  expect(contact_id).toBe(caller.id);

  // The work is done elsewhere; the open page sees it and waits for the call back.
  await give(request, id, "plumber");
  await (await asStaff(request, "plumber"))("POST", `/requests/${id}/transitions`, { action: "start" });
  await (await asStaff(request, "plumber"))("POST", `/requests/${id}/complete`, { result: "Отрегулировал доводчик" });
  await expect(page.getByText(together.control_wait)).toBeVisible();
  await page.getByRole("button", { name: together.control_record, exact: true }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.locator("input[name=control-satisfied][value=good]").check({ force: true });
  await dialog.locator("textarea[name=control-note]").fill("Дверь закрывается, спасибо");
  await dialog.getByRole("button", { name: common.save, exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("Дверь закрывается, спасибо").first()).toBeVisible();
  await expect(page.getByText(together.control_wait)).toHaveCount(0);
  const { control, awaits_control } = (await card(request, id)).together;
  expect(awaits_control).toBe(false);
  expect(control).toMatchObject([{ reached: true, satisfied: true, note: "Дверь закрывается, спасибо" }]);

  // The first call goes into the journal, with the request it became.
  await page.goto("/desk/calls");
  await alive(page);
  await page.getByRole("button", { name: together.call_new, exact: true }).click();
  const note = fresh("Звонила хозяйка");
  await dialog.locator("input[name=call-phone]").fill(phone);
  await dialog.locator("select[name=call-result]").selectOption("request");
  await dialog.locator("input[name=call-about]").fill(String(number));
  await dialog.locator("textarea[name=call-note]").fill(note);
  await dialog.getByRole("button", { name: common.save, exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const line = rows(page).filter({ hasText: note });
  await expect(line).toContainText(together.result_request);
  await expect(line.getByRole("link", { name: `№${number}` })).toHaveAttribute("href", `/desk/requests/${id}`);
});
