// The trade itself: a price that is agreed on, the proof of what was done, a round that finds a fault, a shift that is
// handed over, words that are ready. What a journey only needs to begin with is made over the REST API.
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { asResident, asStaff, card, file, give, noComplaints, open, photo, pick, press, put, residentAt, sheet, staffAt, texts } from "./support";

test.describe.configure({ timeout: 180_000 });
test.afterEach(noComplaints);

const common = texts("ru", "common");
const plans = texts("ru", "plans");
const requests = texts("ru", "requests");
const shifts = texts("ru", "shifts");
const task = texts("ru", "staff");
const together = texts("ru", "together");
const work = texts("ru", "work");

/** Tells apart what each run makes. */
const stamp = () => Date.now() % 10_000_000;

/** The resident's own request about their home. */
async function filed(request: APIRequestContext, category: string, description: string) {
  const resident = await asResident(request);
  const [home] = await resident("GET", "/homes");
  return file(resident, { unit_id: home.unit_id, category, description });
}

/** The worker's last step: words, a photo, done. */
async function finish(page: Page, result: string) {
  await press(page, task.finish);
  await sheet(page).locator("textarea[name=result]").fill(result);
  await sheet(page).locator("input[type=file]").first().setInputFiles(photo);
  await press(sheet(page), task.finish_send);
  await expect(page.getByText(task.waiting_resident)).toBeVisible();
}

test("paid work: a price offered, accepted, the work confirmed by the resident's code", async ({ browser, request }) => {
  const desk = await asStaff(request, "dispatcher");
  const { id } = await filed(request, "plumbing", `Поставить новый смеситель ${stamp()}`);
  // Whether it is paid for is the company's word.
  const { version } = await desk("GET", `/requests/${id}`);
  await desk("PATCH", `/requests/${id}`, { kind: "paid" }, { "if-match": `"${version}"` });
  await give(request, id, "plumber");
  const resident = await residentAt(browser, `/my/requests/${id}`);
  const worker = await staffAt(browser, "plumber", `/work/requests/${id}`, true);
  await expect(worker.getByText(work.waits_for_estimate)).toBeVisible();

  // Two lines of the price list: their prices come with them.
  await press(worker, work.make_estimate);
  const draft = sheet(worker);
  await draft.locator("select[name^=service-]").selectOption({ label: "Замена смесителя" });
  await expect(draft.locator("input[name^=price-]")).toHaveValue("120000");
  await draft.locator("input[name^=quantity-]").fill("2");
  await press(draft, work.add_line);
  await draft.locator("select[name^=service-]").nth(1).selectOption({ label: "Выезд мастера" });
  await expect(draft.locator("input[name^=price-]").nth(1)).toHaveValue("50000");
  await expect(draft).toContainText("290 000 сум");
  await press(draft, work.send_estimate);
  await expect(draft).toHaveCount(0);
  await expect(card(worker, work.estimate)).toContainText(work.estimate_sent);

  // The resident had the page open all the time.
  await expect(card(resident, work.estimate)).toContainText("290 000 сум");
  await expect(card(resident, work.estimate)).toContainText("Замена смесителя");
  await press(resident, work.accept);
  await expect(card(resident, work.estimate)).toContainText(work.estimate_accepted);
  await expect(resident.getByRole("button", { name: work.accept, exact: true })).toHaveCount(0);

  // The worker sees the yes, and only now may begin.
  await expect(card(worker, work.estimate)).toContainText(work.estimate_accepted);
  await press(worker, task.start);
  await expect(resident.getByText(common.status_in_progress).first()).toBeVisible();

  // Paid work ends with the resident's word: the code they read out.
  const code = card(resident, work.code_yours).locator("p.num");
  await expect(code).toHaveText(/^\d{4}$/);
  const result = "Смеситель стоит, течи нет";
  await press(worker, work.confirm);
  await sheet(worker).locator("textarea[name=confirm-result]").fill(result);
  await sheet(worker).locator("input[name=confirm-code]").fill(await code.innerText());
  await press(sheet(worker), work.confirm_send);
  await expect(card(worker, work.confirmation)).toContainText(work.intact);
  await finish(worker, result);
  await expect(resident.getByText(common.status_done).first()).toBeVisible();
  await expect(card(resident, work.confirmation)).toContainText(work.intact);
});

test("proof of work: checklist, material, time and photo reach the desk", async ({ browser, request }) => {
  const desk = await asStaff(request, "dispatcher");
  const { id } = await filed(request, "elevator", `Скрипят створки ${stamp()}`);
  await give(request, id, "lift");
  // The list of the category came with the worker.
  const { checklist } = await desk("GET", `/requests/${id}/work`);
  expect(checklist.length).toBeGreaterThan(0);

  const worker = await staffAt(browser, "lift", `/work/requests/${id}`, true);
  await press(worker, task.start);
  await expect(worker.getByText(common.status_in_progress).first()).toBeVisible();
  for (const { text } of checklist) {
    const point = card(worker, work.checklist).getByRole("checkbox", { name: text });
    await point.click();
    await expect(point).toBeChecked();
  }
  await press(worker, work.add_time);
  await sheet(worker).locator("input[name=minutes]").fill("35");
  await press(sheet(worker), common.save);
  await expect(sheet(worker)).toHaveCount(0);
  await press(worker, work.add_material);
  await pick(worker, "material", "Герметик силиконовый");
  await sheet(worker).locator("input[name=material-quantity]").fill("2");
  await press(sheet(worker), common.save);
  await expect(sheet(worker)).toHaveCount(0);
  await expect(card(worker, work.title)).toContainText("72 000 сум");
  await finish(worker, "Отрегулировал створки");

  const page = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const record = card(page, work.title);
  const all = checklist.length;
  for (const fact of [put(work.checklist_progress, { done: all, all }), "35 мин", "Герметик силиконовый", "2 шт × 36 000", "72 000 сум"]) {
    await expect(record).toContainText(fact);
  }
  await expect(page.getByText("Отрегулировал створки").first()).toBeVisible();
  const photos = card(page, requests.photos);
  await expect(photos).toContainText(requests.photos_after);
  await expect(photos.locator("a.thumb img")).toHaveCount(1);
});

test("a round: given out, walked on the phone, a fault becomes a request", async ({ browser, request }) => {
  const [home] = await (await asResident(request))("GET", "/homes");
  const { name } = await (await asStaff(request, "plumber"))("GET", "/auth/me");
  const admin = await asStaff(request, "admin");
  const { address } = (await admin("GET", `/buildings/${home.building_id}`)).facts;
  const mark = stamp();
  const [route, dry, valve, fault] = [`Обход ${mark}`, `Сухо ли ${mark}?`, `Держит ли вентиль ${mark}?`, `Капает из сальника ${mark}`];

  // Two stops in one house.
  const desk = await staffAt(browser, "admin", "/desk/routes/new");
  await desk.fill("input[name=route-name]", route);
  await pick(desk, "spot-house", address);
  for (const [n, question] of [dry, valve].entries()) {
    await press(desk, plans.add_point);
    await desk.fill(`input[name=place-${n}]`, "Подвал");
    await desk.fill(`input[name=question-${n}]`, question);
    await desk.locator(`select[name=category-${n}]`).selectOption("plumbing");
  }
  await press(desk, common.save);
  await desk.waitForURL(/\/desk\/routes\/[0-9a-f-]{36}$/);

  // Given to the plumber for today.
  await open(desk, "/desk/rounds");
  await press(desk.locator("tr", { hasText: route }), plans.give);
  await expect(sheet(desk).locator("select[name=give-route]")).toHaveValue(/.+/);
  await pick(desk, "give-who", name);
  await press(sheet(desk), plans.give);
  await expect(sheet(desk)).toHaveCount(0);
  await expect(desk.locator("tr", { hasText: route }).filter({ hasText: name })).toContainText("0 / 2");

  // Walked: one stop is good, the other is not.
  const worker = await staffAt(browser, "plumber", "/work", true);
  await worker.locator("a.app-row", { hasText: route }).click();
  await worker.waitForURL(/\/work\/rounds\/[0-9a-f-]{36}/);
  const id = worker.url().match(/rounds\/([0-9a-f-]{36})/)![1];
  const point = (question: string) => worker.locator("main section.panel", { hasText: question });
  await press(point(dry), plans.good);
  await expect(worker.getByText(put(plans.progress, { marked: 1, all: 2 }))).toBeVisible();
  await press(point(valve), plans.failed);
  await sheet(worker).locator("textarea[name=point-note]").fill(fault);
  await sheet(worker).locator("input[type=file]").first().setInputFiles(photo);
  await press(sheet(worker), plans.save_failed);
  await expect(sheet(worker)).toHaveCount(0);
  const became = point(valve).getByText(/Заявка №\d+/);
  await expect(became).toBeVisible();
  const number = (await became.innerText()).match(/\d+/)![0];
  await press(worker, plans.finish_round);
  await expect(worker.getByText(plans.round_over)).toBeVisible();

  // The desk finds it by its words, and by the round it came from.
  await open(desk, `/desk?text=${encodeURIComponent(`сальника ${mark}`)}`);
  await expect(desk.locator("tbody tr", { hasText: fault })).toContainText(number);
  await open(desk, `/desk/rounds/${id}`);
  await expect(desk.locator("tr", { hasText: dry })).toContainText(plans.good);
  await desk.locator("tr", { hasText: valve }).getByRole("link", { name: number, exact: true }).click();
  await desk.waitForURL(/\/desk\/requests\/[0-9a-f-]{36}/);
  await expect(desk.locator("main").getByText(fault).first()).toBeVisible();
  await expect(desk.locator(`main a[href="/desk/rounds/${id}"]`)).toHaveText(route);
  await expect(card(desk, requests.photos).locator("a.thumb img")).toHaveCount(1);
});

test("a shift: put on the board, what stands is counted, handed over and taken", async ({ browser, request }) => {
  const { name } = await (await asStaff(request, "admin"))("GET", "/auth/me");
  const [home] = await (await asResident(request))("GET", "/homes");
  const note = `Подмена ${stamp()}`;

  // Round the clock, so that it is on whatever hour the journey runs at.
  const admin = await staffAt(browser, "admin", "/desk/shifts");
  const today = admin.locator("main section.panel", { has: admin.locator(".panel-head .dot") });
  await press(today, shifts.add);
  await expect(sheet(admin).locator("select[name=shift-duty]")).toHaveValue("dispatcher");
  await pick(admin, "shift-person", name);
  await sheet(admin).locator("input[name=shift-starts]").fill("00:00");
  await sheet(admin).locator("input[name=shift-ends]").fill("00:00");
  await sheet(admin).locator("input[name=shift-note]").fill(note);
  await press(sheet(admin), common.save);
  await expect(sheet(admin)).toHaveCount(0);
  const duty = today.locator("button.menu-row", { hasText: note });
  await expect(duty).toContainText(name);
  await expect(duty).toContainText("00:00–00:00");

  // The dispatcher sees who is there and what stands; an emergency more is one more.
  const desk = await staffAt(browser, "dispatcher", "/desk/shifts?view=now");
  await expect(card(desk, shifts.on_duty)).toContainText(name);
  const emergencies = desk.locator("main a.stat", { hasText: shifts.emergencies });
  const before = Number(await emergencies.locator(".stat-value").innerText());
  const words = `Кабина стоит между этажами ${stamp()}`;
  await file(await asStaff(request, "dispatcher"), { building_id: home.building_id, category: "elevator", kind: "emergency", description: words });
  await open(desk, "/desk/shifts?view=now");
  await expect(emergencies.locator(".stat-value")).toHaveText(String(before + 1));

  // A word to the next, who takes over.
  const word = `Ждём лифтёра ${stamp()}`;
  await desk.fill("textarea[name=handover-note]", word);
  await press(desk, shifts.hand_over);
  await expect(card(desk, shifts.history)).toContainText(word);
  await emergencies.click();
  await desk.waitForURL(/kind=emergency/);
  await expect(desk.locator("tbody tr", { hasText: words })).toBeVisible();
  await open(admin, "/desk/shifts?view=now");
  const handed = card(admin, shifts.history).locator("li", { hasText: word });
  await expect(handed).toContainText(`${shifts.emergencies}: ${before + 1}`);
  await press(handed, shifts.take_over);
  await expect(handed).toContainText(put(shifts.taken_by.split(",")[0], { name }));

  // Off the board again.
  await open(admin, "/desk/shifts");
  await duty.click();
  await press(sheet(admin), shifts.remove);
  await expect(sheet(admin)).toHaveCount(0);
  await expect(duty).toHaveCount(0);
});

test("a ready reply reaches the resident with the facts in it; the job sheet is printed", async ({ browser, request }) => {
  const desk = await asStaff(request, "dispatcher");
  const title = `Приняли ${stamp()}`;
  await desk("POST", "/replies", { title, ru: "Здравствуйте, {name}! Заявка {number} по адресу {address} принята." });
  const { id } = await filed(request, "doors", `Не закрывается дверь ${stamp()}`);
  const { number, address, contact_name } = await desk("GET", `/requests/${id}`);
  const filled = `Здравствуйте, ${contact_name}! Заявка ${number} по адресу ${address} принята.`;

  const resident = await residentAt(browser, `/my/requests/${id}`);
  const page = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  await press(page, together.replies);
  await sheet(page).locator("input[name=reply-search]").fill(title);
  await sheet(page).locator(".menu-row", { hasText: title }).click();
  await expect(sheet(page)).toHaveCount(0);
  const comment = page.locator("textarea[name=comment]");
  await expect(comment).toHaveValue(filled);
  await press(page, requests.write_resident);
  await expect(comment).toHaveValue("");
  await expect(page.locator("main").getByText(filled).first()).toBeVisible();
  await expect(resident.getByText(filled).first()).toBeVisible();

  // Paper: whose number, which door, a code to scan.
  await page.goto(`/desk/print/sheet?ids=${id}&lang=ru`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${together.print_sheet}. ${put(together.print_number, { number })}`);
  await expect(page.locator("dd").filter({ hasText: address })).toBeVisible();
  await expect(page.locator("figure svg")).toBeVisible();
});
