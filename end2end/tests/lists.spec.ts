// Lists as the desk uses them: sorted by the header, walked by the keyboard, chosen, changed many at once, kept as a view.
import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { alive, asStaff, fresh, noComplaints, person, press, sheet, signInStaff, staffAt, texts } from "./support";
import { cells } from "./workbook";

test.afterEach(noComplaints);

const lists = texts("ru", "lists");
const search = texts("ru", "search");
const property = texts("ru", "property");

const rows = (page: Page) => page.locator("tbody tr[data-key]");
const lead = (page: Page) => page.locator("tbody tr[data-key] .row-link").allInnerTexts();

/** A press on a header leads to another address and another order. */
async function sortBy(page: Page, title: string) {
  await page.locator("thead button.sort", { hasText: title }).click();
}

test("houses: sorted, walked, put into a complex together, kept as a view", async ({ browser }) => {
  const { page } = await person(browser);
  await signInStaff(page, "admin");
  const complex = `ЖК ${Date.now()}`;
  await page.goto("/desk/complexes");
  await alive(page);
  await page.getByRole("button", { name: property.new_complex }).click();
  await page.fill("dialog[open] input[name=complex-name]", complex);
  await page.press("dialog[open] input[name=complex-name]", "Enter");
  await expect(page.locator("dialog[open]")).toHaveCount(0);

  await page.goto("/desk/buildings");
  await alive(page);
  const usual = await lead(page);
  await sortBy(page, property.address);
  await page.waitForURL(/reverse=1/);
  await expect.poll(() => lead(page)).toEqual([...usual].reverse());
  await sortBy(page, property.address);
  await expect.poll(() => lead(page)).toEqual(usual);

  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+J");
  await expect(rows(page).and(page.locator("[aria-selected=true]"))).toHaveCount(2);
  await page.getByRole("button", { name: lists.to_complex }).click();
  await page.fill("dialog[open] input[name=pick-search]", complex);
  await page.locator("dialog[open] .menu-row", { hasText: complex }).click();
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await expect(rows(page).filter({ hasText: complex })).toHaveCount(2);

  await sortBy(page, property.open_requests);
  await page.waitForURL(/sort=open/);
  await page.locator(`summary[aria-label="${search.views}"]`).click();
  await page.getByRole("button", { name: search.view_save }).click();
  await page.fill("dialog[open] input[name=view-name]", complex);
  await page.press("dialog[open] input[name=view-name]", "Enter");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await page.goto("/desk/buildings");
  await alive(page);
  await page.locator(`summary[aria-label="${search.views}"]`).click();
  await page.getByRole("link", { name: complex }).click();
  await page.waitForURL(/sort=open/);
});

test("requests: what is overdue presses most first; houses that cannot be looked up are not said to be none", async ({ browser }) => {
  const { page } = await person(browser);
  const [desk, requests] = [texts("ru", "desk"), texts("ru", "requests")];
  await signInStaff(page, "dispatcher");
  await page.goto("/desk?overdue=1");
  await alive(page);
  const head = (title: string) => page.locator("thead th", { hasText: title });
  await expect(head(requests.due)).toHaveAttribute("aria-sort", "ascending");
  await sortBy(page, requests.age);
  await page.waitForURL(/sort=newest/);
  await expect(head(requests.age)).toHaveAttribute("aria-sort", "descending");
  await sortBy(page, requests.due);
  await page.waitForURL(/sort=due/);
  await expect(head(requests.due)).toHaveAttribute("aria-sort", "ascending");

  await page.route("**/rpc/property/choices", (route) => route.fulfill({ contentType: "application/json", body: "?" }));
  const house = page.getByRole("combobox", { name: desk.building });
  await house.fill("Нав");
  const told = page.locator(".toast-card", { hasText: texts("ru", "errors").unavailable });
  await expect(told).toHaveCount(1);
  await house.fill("Наво");
  await expect(told).toHaveCount(1);
  await page.unroute("**/rpc/property/choices");
  await house.fill("Навои");
  await expect(page.getByRole("option", { name: /Навои/ }).first()).toBeVisible();
});

test("units: found by address and number, by area, columns hidden", async ({ browser }) => {
  const { page } = await person(browser);
  await signInStaff(page, "admin");
  await page.goto("/desk/units");
  await alive(page);
  await expect(rows(page).first()).toBeVisible();
  await sortBy(page, property.area);
  await page.waitForURL(/sort=area/);
  await page.locator(`summary[aria-label="${texts("ru", "desk").columns}"]`).click();
  const hidden = page.locator("thead th", { hasText: property.floor });
  await expect(hidden).toHaveCount(1);
  await page.getByLabel(property.floor, { exact: true }).uncheck();
  await expect(hidden).toHaveCount(0);
  await page.keyboard.press("Escape");
  const link = await rows(page).first().locator("a[href^='/desk/buildings/']").innerText();
  const number = (await rows(page).first().locator(".row-link").innerText()).replace("№", "");
  await page.fill("input[name=text]", `${link} ${number}`);
  await page.waitForURL(/text=/);
  await expect(rows(page).filter({ hasText: link }).first()).toBeVisible();
  await page.keyboard.press("Escape");
});

test("people: the chosen are taken away as a file and get an invitation each", async ({ browser, request }) => {
  const [access, together] = [texts("ru", "access"), texts("ru", "together")];
  const admin = await asStaff(request, "admin");
  const unit_id = (await admin("GET", "/units/register?limit=1")).items[0].id;
  const name = fresh("Новосёл");
  for (const n of [1, 2]) await admin("POST", "/residents", { name: `${name} ${n}`, home: { unit_id, relation: "tenant" } });
  for (const n of [3, 4]) await admin("POST", "/residents", { name: `${name} ${n}` });
  // The newest stand first.
  const page = await staffAt(browser, "admin", "/desk/people");
  const choose = (n: number) => rows(page).filter({ hasText: `${name} ${n}` }).locator("input[name=ids]").check();
  for (const n of [1, 2]) await choose(n);

  const bar = page.locator(".action-bar");
  await bar.locator(`summary[aria-label="${together.bulk_export}"]`).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    bar.getByRole("link", { name: together.bulk_export_xlsx, exact: true }).click(),
  ]);
  const taken = cells(readFileSync(await download.path()));
  for (const n of [1, 2]) expect(taken).toContain(`${name} ${n}`);
  for (const n of [3, 4]) expect(taken).not.toContain(`${name} ${n}`);

  // Who lives nowhere is told so and stays chosen; the others get a slip each.
  await choose(3);
  await press(bar, access.invite);
  await press(sheet(page), access.make_invites);
  const refused = sheet(page).filter({ hasText: texts("ru", "errors").field_no_home });
  await expect(refused).toContainText(`${name} 3`);
  await press(refused, search.key_close);
  const slips = page.getByRole("article");
  await expect(slips).toHaveCount(2);
  for (const n of [1, 2]) {
    await expect(slips.filter({ hasText: `${name} ${n}` })).toContainText(/[2-9A-Z]{4}-[2-9A-Z]{4}/);
  }
  await expect(rows(page).first()).toBeHidden();
  await press(page, texts("ru", "staff_admin").done);
  await expect(slips).toHaveCount(0);
  await expect(rows(page).and(page.locator("[aria-selected=true]"))).toContainText(`${name} 3`);
});

test("the keys of a list are told by the question mark", async ({ browser }) => {
  const { page } = await person(browser);
  await signInStaff(page, "admin");
  for (const path of ["/desk", "/desk/buildings", "/desk/units", "/desk/staff"]) {
    await page.goto(path);
    await alive(page);
    await page.keyboard.press("?");
    const help = page.locator("dialog[open]");
    await expect(help).toContainText(search.key_next);
    await expect(help).toContainText(search.key_select);
    await page.keyboard.press("Escape");
    await expect(help).toHaveCount(0);
  }
});
