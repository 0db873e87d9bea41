// Signing in works as plain HTML: no WASM, failures in words, nothing typed is lost.
import { expect, test } from "@playwright/test";
import { noComplaints, person, residents, signInStaff, texts } from "./support";

test.afterEach(noComplaints);

test("a wrong password keeps the login and says what to do", async ({ browser }) => {
  const { context, page } = await person(browser);
  const requests: string[] = [];
  page.on("request", (r) => requests.push(r.url()));
  await page.goto("/login?as=staff");
  await page.fill("input[name=login]", "dispatcher");
  await page.fill("input[name=password]", "wrong-password");
  await page.click("form[action='/login'] button[type=submit]");
  await expect(page.getByText(texts("ru", "errors").wrong_credentials)).toBeVisible();
  await expect(page.locator("input[name=login]")).toHaveValue("dispatcher");
  expect(requests.filter((url) => url.endsWith(".wasm"))).toEqual([]);
  await context.close();
});

test("without scripts a resident signs in and files a request with a photo", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const who = residents()[1];
  await page.goto("/login?as=resident");
  await page.fill("input[name=phone]", who.phone.replace("+998", ""));
  await page.click("form[action='/login/code'] button[type=submit]");
  await page.fill("input[name=code]", who.code);
  await page.click("form[action='/login/verify'] button[type=submit]");
  await page.waitForURL(/\/my/);
  await page.goto("/my/new");
  await page.locator("input[type=file]").first().setInputFiles({
    name: "photo.png",
    mimeType: "image/png",
    buffer: (await import("node:fs")).readFileSync("fixtures/photo.png"),
  });
  await page.locator("input[name=category][value=electrical]").check({ force: true });
  await page.fill("textarea[name=description]", "Не горит свет на лестнице");
  await page.locator("form[action='/my/requests'] button[type=submit]").last().click();
  await page.waitForURL(/\/my\/requests\/[0-9a-f-]{36}/);
  await expect(page.getByText("Не горит свет на лестнице").first()).toBeVisible();
  await context.close();
});

test("each role lands in its own app and cannot enter another's", async ({ browser }) => {
  const { context, page } = await person(browser);
  await signInStaff(page, "plumber");
  await page.goto("/desk");
  await expect(page).toHaveURL(/\/work$/);
  await context.close();
  const stranger = await person(browser);
  await stranger.page.goto("/desk/people");
  await expect(stranger.page).toHaveURL(/\/login\?next=/);
  await stranger.context.close();
});
