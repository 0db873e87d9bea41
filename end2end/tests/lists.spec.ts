// Lists as the desk uses them: sorted by the header, walked by the keyboard, chosen, changed many at once, kept as a view.
import { expect, type Page, test } from "@playwright/test";
import { alive, noComplaints, person, signInStaff, texts } from "./support";

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
