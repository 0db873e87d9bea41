// New house, people in it, their call, their request: nobody touches the mouse.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { alive, noComplaints, open, person, signInStaff, staff, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const property = texts("ru", "property");
const people = texts("ru", "people");

/** Tab until the control has the keyboard; the road there must exist and be finite. */
async function tabTo(page: Page, control: Locator) {
  await control.waitFor();
  for (let presses = 0; presses < 150; presses++) {
    if (await control.evaluate((element) => element === document.activeElement || element.contains(document.activeElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${control}`);
}

/** Replaces what a field holds. */
async function type(page: Page, field: string, text: string) {
  await tabTo(page, page.locator(`main [name="${field}"], dialog[open] [name="${field}"]`).first());
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

/** Goes to a place by the palette. */
async function jump(page: Page, place: string, url: RegExp) {
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input").waitFor();
  await page.keyboard.type(place);
  await page.locator("dialog[open] [role=option]", { hasText: place }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(url);
  await alive(page);
}

test("a house, its people, a call and a request by keyboard alone", async ({ browser }) => {
  test.setTimeout(180_000);
  const { page, context } = await person(browser);
  const who = staff("admin");
  await page.goto("/login?as=staff");
  await tabTo(page, page.locator("input[name=login]"));
  await page.keyboard.type(who.login);
  await tabTo(page, page.locator("input[name=password]"));
  await page.keyboard.type(who.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/desk/);
  await alive(page);

  // The house and its flats out of a few numbers.
  const street = `Клавишная ${Date.now() % 100_000}`;
  await jump(page, common.buildings, /\/desk\/buildings/);
  await tabTo(page, page.getByRole("link", { name: property.new_building }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/buildings\/new/);
  await type(page, "address", street);
  await type(page, "storeys", "2");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/buildings\/[0-9a-f-]{36}\/chart/);
  await alive(page);
  await type(page, "entrances", "1");
  await type(page, "floors", "2");
  await type(page, "per_floor", "2");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/buildings\/[0-9a-f-]{36}$/);

  // Somebody who lives there.
  const phone = `90${String(Date.now()).slice(-7)}`;
  await jump(page, common.people, /\/desk\/people/);
  await tabTo(page, page.getByRole("link", { name: people.new_person }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/people\/new/);
  await alive(page);
  await type(page, "name", "Тестова Клавдия");
  await tabTo(page, page.locator("main input[type=tel]").first());
  await page.keyboard.type(phone);
  await tabTo(page, page.locator("main [role=combobox]").first());
  await page.keyboard.type(`${street} 1`);
  await page.getByRole("option", { name: street }).first().waitFor();
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: people.save_person ?? common.save }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/people\/[0-9a-f-]{36}$/);

  // They call: the number leads to the caller card, `n` to a request that knows who and where.
  await page.keyboard.press("/");
  await page.keyboard.type(phone);
  await page.getByRole("option", { name: people.call_card }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/desk\/call\//);
  await alive(page);
  await expect(page.locator("main").getByText("Тестова Клавдия").first()).toBeVisible();
  await expect(page.locator("main").getByText(street).first()).toBeVisible();
  await tabTo(page, page.locator("main a[aria-keyshortcuts=n]"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/requests\/new/);
  await alive(page);
  await tabTo(page, page.locator("main input[name=category]").first());
  await page.keyboard.press("Space");
  await type(page, "description", "Капает кран, звонит хозяйка");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/desk\/requests\/[0-9a-f-]{36}/);
  await expect(page.locator("main").getByText("Капает кран, звонит хозяйка").first()).toBeVisible();
  await expect(page.locator("main").getByText(street).first()).toBeVisible();
  await context.close();
});

test("an answer that comes when one has gone on disturbs nobody", async ({ browser }) => {
  const { page } = await person(browser);
  await signInStaff(page, "admin");
  await open(page, "/desk");
  let answer = () => {};
  const late = new Promise<void>((go) => (answer = go));
  await page.route("**/rpc/search/find", async (route) => {
    await late;
    await route.continue();
  });
  await page.route("**/desk/buildings", async (route) => {
    // The page that is left still runs; its search is answered only now.
    const found = page.waitForResponse("**/rpc/search/find");
    answer();
    await (await found).finished();
    await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input").waitFor();
  const asked = page.waitForRequest("**/rpc/search/find");
  await page.keyboard.type(common.buildings);
  await asked;
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/desk\/buildings/);
  await alive(page);
});
