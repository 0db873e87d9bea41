// Photos show homes: the desk hides a part of one, and nobody sees it any more.
import { expect, type Page, test } from "@playwright/test";
import { asResident, card, file, forgive, fresh, noComplaints, photo, press, put, residentAt, sheet, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const requests = texts("ru", "requests");

/** The colours of two spots of a picture: one in its upper left part, one in the lower right. */
const colours = (page: Page, address: string) =>
  page.evaluate(async (address) => {
    const picture = await createImageBitmap(await (await fetch(address)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = canvas.getContext("2d", { willReadFrequently: true })!;
    pen.drawImage(picture, 0, 0);
    const at = (part: number) => [...pen.getImageData(Math.floor(picture.width * part), Math.floor(picture.height * part), 1, 1).data.slice(0, 3)];
    return { near: at(0.35), far: at(0.8) };
  }, address);

/** Draws a rectangle over the picture of the dialog, from one of its spots to another. */
async function draw(page: Page, from: number, to: number) {
  const picture = sheet(page).locator("img");
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  const box = (await picture.boundingBox())!;
  await page.mouse.move(box.x + box.width * from, box.y + box.height * from);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, box.y + box.height * to, { steps: 5 });
  await page.mouse.up();
}

test("a part of a photo is hidden for good", async ({ browser, request }) => {
  test.setTimeout(120_000);
  const resident = await asResident(request);
  const [home] = await resident("GET", "/homes");
  const { id } = await file(resident, { unit_id: home.unit_id, category: "doors", description: fresh("На фото видно больше, чем надо") });

  const desk = await staffAt(browser, "dispatcher", `/desk/requests/${id}`);
  const photos = card(desk, requests.photos);
  await press(photos, requests.add_photos);
  await sheet(desk).locator("input[type=file]").first().setInputFiles(photo);
  await press(sheet(desk), common.add);
  await expect(sheet(desk)).toHaveCount(0);
  const small = photos.locator("a.thumb");
  await expect(small).toHaveCount(1);

  // The resident has it open all the while.
  const page = await residentAt(browser, `/my/requests/${id}`);
  const theirs = page.locator("a.thumb");
  await expect(theirs).toHaveCount(1);
  const old = (await theirs.getAttribute("href"))!;
  const before = await colours(page, old);
  expect(Math.max(...before.near)).toBeGreaterThan(60);

  // By keyboard there and away.
  await small.press("Enter");
  await sheet(desk).getByRole("button", { name: requests.redact, exact: true }).press("Enter");
  await expect(sheet(desk)).toContainText(requests.redact_help);
  await desk.keyboard.press("Escape");
  await expect(sheet(desk)).toHaveCount(0);

  await small.click();
  await press(sheet(desk), requests.redact);
  const save = sheet(desk).getByRole("button", { name: common.save, exact: true });
  await expect(save).toBeDisabled();
  await draw(desk, 0.6, 0.9);
  await press(sheet(desk), requests.redact_undo);
  await expect(sheet(desk).locator("rect")).toHaveCount(0);
  // In any direction.
  await draw(desk, 0.5, 0.2);
  await expect(sheet(desk).locator("rect")).toHaveCount(1);
  await save.click();
  await expect(desk.getByText(requests.redacted)).toBeVisible();
  await expect(sheet(desk)).toHaveCount(0);
  await expect(desk.locator("main").getByText(put(requests.change_redacted, { n: 1 }))).toBeVisible();

  // On the page they had open, and at every address.
  await expect(theirs).not.toHaveAttribute("href", old);
  await expect(theirs).toHaveCount(1);
  const now = (await theirs.getAttribute("href"))!;
  for (const address of [now, `${now}/thumb`]) {
    const after = await colours(page, address);
    expect(Math.max(...after.near)).toBeLessThan(12);
    after.far.forEach((part, n) => expect(Math.abs(part - before.far[n])).toBeLessThan(24));
  }
  for (const address of [old, `${old}/thumb`]) {
    const status = await page.evaluate(async (address) => (await fetch(address, { cache: "no-store" })).status, address);
    expect(status).toBe(404);
  }
  forgive(/status of 404/);
});
