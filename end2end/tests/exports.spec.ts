// The list as a file: exactly the rows and columns that are on the screen.
import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { asStaff, fileInYard, fresh, noComplaints, open, staffAt, texts } from "./support";
import { cells } from "./workbook";

test.afterEach(noComplaints);

const desk = texts("ru", "desk");
const requests = texts("ru", "requests");
const search = texts("ru", "search");

test("a view of the desk is taken away as a table of its rows and columns", async ({ browser, request }) => {
  const api = await asStaff(request, "dispatcher2");
  const text = fresh("Выгрузка");
  const all: { number: number; address: string }[] = [];
  for (const n of [1, 2, 3]) all.push(await fileInYard(api, `${text} ${n}`));
  await fileInYard(api, fresh("Этой здесь нет"));
  const page = await staffAt(browser, "dispatcher2", `/desk?text=${encodeURIComponent(text)}`);
  await expect(page.locator("tbody tr[data-key]")).toHaveCount(3);

  // Kept as a view, and opened by its name.
  const menu = page.locator(`summary[aria-label="${search.views}"]`);
  await menu.click();
  await page.getByRole("button", { name: search.view_save }).click();
  await page.locator("dialog[open] input[name=view-name]").fill(text);
  await page.locator("dialog[open] input[name=view-name]").press("Enter");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await open(page, "/desk/staff");
  await open(page, "/desk");
  await menu.click();
  await page.getByRole("link", { name: text }).click();
  await expect(page.locator("tbody tr[data-key]")).toHaveCount(3);

  const taken = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: desk.export, exact: true }).click()]);
    expect(download.suggestedFilename()).toMatch(/\.xlsx$/);
    return cells(readFileSync(await download.path()));
  };
  const whole = await taken();
  expect(whole).toContain(requests.assignee);
  for (const n of [1, 2, 3]) expect(whole).toContain(`${text} ${n}`);
  for (const { address } of all) expect(whole).toContain(address);
  expect(whole.filter((cell) => cell.startsWith("Этой здесь нет"))).toEqual([]);

  // What is hidden on the screen is not in the file either.
  const column = async (shown: boolean) => {
    await page.locator(`summary[aria-label="${desk.columns}"]`).click();
    const kept = page.waitForResponse("**/rpc/views/keep");
    await page.getByRole("checkbox", { name: requests.assignee, exact: true }).setChecked(shown);
    await (await kept).finished();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("columnheader", { name: requests.assignee })).toHaveCount(shown ? 1 : 0);
  };
  await column(false);
  const less = await taken();
  expect(less).not.toContain(requests.assignee);
  expect(less).toContain(`${text} 2`);
  await column(true);
});
