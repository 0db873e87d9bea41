// Outages: found by the detector among what people tell; from the announcement to the end, as the desk and a resident of the
// house see it.
import { type APIRequestContext, expect, test } from "@playwright/test";
import { alive, asStaff, file, fresh, JOB, noComplaints, person, press, residents, signInResident, signInStaff, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const outages = texts("ru", "outages");

/** The house where somebody with this number lives. */
async function houseOf(request: APIRequestContext, phone: string): Promise<{ id: string; address: string }> {
  const desk = await asStaff(request, "dispatcher");
  const [resident] = (await desk("GET", `/residents?phone=${encodeURIComponent(phone)}`)).items;
  const unit = await desk("GET", `/units/${resident.homes[0].unit_id}`);
  return { id: unit.building_id, address: unit.address };
}

test("flats of one entrance complain together: the detector proposes, a press makes the outage", async ({ browser, request }) => {
  test.setTimeout(240_000);
  const desk = await asStaff(request, "dispatcher");
  const { rules } = await desk("GET", "/settings/outage-detector");
  // The last house of the list: other journeys file about the first.
  const house = (await desk("GET", "/buildings?limit=100")).items.at(-1);
  const places = await desk("GET", `/buildings/${house.id}/places`);
  const flats = (await desk("GET", `/units?building_id=${house.id}&limit=100`)).items.filter((unit: { entrance: number }) => unit.entrance === places.entrances[0].number);
  expect(flats.length).toBeGreaterThanOrEqual(rules.entrance);
  const page = await staffAt(browser, "dispatcher", "/desk/outages?tab=proposals");
  const text = fresh("Погас свет");
  const filed: { id: string; number: number }[] = [];
  for (const unit of flats.slice(0, rules.entrance)) {
    filed.push(await file(desk, { unit_id: unit.id, category: "electrical", description: text }));
  }

  // The page was open all the time; the proposal names the place and the calls behind it.
  const proposal = page.locator("main section.panel", { has: page.getByRole("heading", { name: outages.proposal, exact: true }) }).filter({ hasText: house.address });
  await expect(proposal).toContainText(outages.resource_electricity, { timeout: JOB });
  for (const { number } of filed) await expect(proposal.getByRole("link", { name: `№${number}`, exact: true })).toBeVisible();
  await press(proposal, outages.accept);
  await page.waitForURL(/\/desk\/outages\/[0-9a-f-]{36}$/);
  await expect(page.locator("main").getByText(outages.status_running, { exact: true }).first()).toBeVisible();
  await expect(page.locator("main")).toContainText(outages.resource_electricity);
  const linked = page.locator("main section.panel", { has: page.getByRole("heading", { name: outages.linked, exact: true }) });
  for (const { number } of filed) await expect(linked.getByRole("link", { name: `№${number}`, exact: true })).toBeVisible();

  // Whoever opens one of the requests sees the cause.
  await page.goto(`/desk/requests/${filed[0].id}`);
  await expect(page.locator("main")).toContainText(outages.cause);
  await page.goBack();
  await alive(page);
  await press(page.locator("main"), outages.action_end);
  await expect(page.locator("main").getByText(outages.status_ended, { exact: true }).first()).toBeVisible();
});

test("an emergency is announced, seen by those it hits, and over", async ({ browser, request }) => {
  const who = residents()[0];
  const house = await houseOf(request, who.phone);
  const words = `Перекрыли кран на вводе, чиним ${Date.now()}`;
  const home = (await person(browser, { phone: true })).page;
  await signInResident(home, who.phone, who.code);
  await alive(home);
  await expect(home.getByText(outages.off_gas)).toHaveCount(0);

  // Written down at the desk: what, where, and in words of one's own.
  const desk = (await person(browser)).page;
  await signInStaff(desk, "dispatcher");
  await desk.goto("/desk/outages/new");
  await alive(desk);
  await desk.locator("input[name=kind][value=emergency]").check({ force: true });
  await desk.locator("input[name=resource][value=gas]").check({ force: true });
  await desk.locator("main [role=combobox]").fill(house.address);
  await desk.getByRole("option", { name: house.address, exact: true }).first().click();
  await expect(desk.getByRole("button", { name: outages.whole_house, exact: true })).toHaveAttribute("aria-pressed", "true");
  await desk.locator("textarea[name=text-ru]").fill(words);
  await desk.getByRole("button", { name: outages.save, exact: true }).click();
  await desk.waitForURL(/\/desk\/outages\/[0-9a-f-]{36}$/);
  const outage = desk.url();
  await expect(desk.locator("main").getByText(outages.status_running, { exact: true }).first()).toBeVisible();
  await expect(desk.locator("main").getByText(house.address).first()).toBeVisible();

  // The resident sees it without doing anything; whoever takes a call from the house is told what to say.
  await expect(home.getByText(words)).toBeVisible();
  await expect(home.getByText(outages.off_gas)).toBeVisible();
  const form = `/desk/requests/new?building_id=${house.id}&address=${encodeURIComponent(house.address)}`;
  await desk.goto(form);
  await expect(desk.locator(".banner", { hasText: words })).toContainText(outages.off_gas);
  await desk.goto(`/desk/call/${who.phone}`);
  await expect(desk.locator(".banner:visible", { hasText: words })).toContainText(outages.off_gas);

  // Over: the same page of the resident says that the gas is back, the desk no longer says anything.
  await desk.goto(outage);
  await alive(desk);
  await desk.getByRole("button", { name: outages.action_end, exact: true }).click();
  await expect(desk.locator("main").getByText(outages.status_ended, { exact: true }).first()).toBeVisible();
  await expect(home.getByText(words)).toHaveCount(0);
  await expect(home.getByText(outages.off_gas)).toHaveCount(0);
  await expect(home.getByText(outages.back_gas).first()).toBeVisible();
  const told = desk.waitForResponse(/\/rpc\/outages\/at$/);
  await desk.goto(form);
  await (await told).finished();
  await expect(desk.getByText(words)).toHaveCount(0);
});
