// Deadlines as the company decides them: other rules tried on the past, a rule of one's own, and the request that shows it.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { asStaff, card, fileInYard, fresh, noComplaints, open, press, put, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const common = texts("ru", "common");
const deadlines = texts("ru", "deadlines");
const requests = texts("ru", "requests");
const settings = texts("ru", "settings");

/** A rule of the list as it stands: they are tried from the top. */
const rule = (page: Page, n: number) => page.locator("main").getByRole("group", { name: deadlines.rule, exact: true }).nth(n);
const chosen = (line: Locator, label: string) => line.getByRole("combobox", { name: label, exact: true });

async function hours(line: Locator, label: string, value: number) {
  await line.getByRole("spinbutton", { name: label, exact: true }).fill(String(value));
  await chosen(line, label).selectOption({ label: deadlines.unit_hour });
}

test("other rules are tried on the last ninety days, and nothing is saved", async ({ browser, request }) => {
  const admin = await asStaff(request, "admin");
  const { policy } = await admin("GET", "/settings/deadlines");
  // Everything that is left over has to be done within an hour of any day.
  const strict = policy.rules.map((known: { kind?: string; complex_id?: string; category?: string; priority?: string }) =>
    known.kind || known.complex_id || known.category || known.priority ? known : { ...known, answer_minutes: 60, solution_minutes: 60, counting: "always" },
  );
  const told = await admin("POST", "/settings/deadlines/what-if", { rules: strict });
  expect(told.total.solution_after).toBeGreaterThan(told.total.solution_before);

  const page = await staffAt(browser, "admin", "/desk/settings/deadlines");
  await page.getByRole("link", { name: deadlines.try_rules, exact: true }).click();
  await page.waitForURL(/\/deadlines\/what-if$/);
  const rest = rule(page, policy.rules.length - 1);
  await hours(rest, deadlines.answer, 1);
  await hours(rest, deadlines.solution, 1);
  await chosen(rest, deadlines.counting).selectOption({ label: deadlines.counting_always });
  await press(page, deadlines.what_if_run);

  // What the page says is what the server counted, from the sum down to single requests.
  const total = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: deadlines.col_total, exact: true }) });
  const { requests: all, answer_before, answer_after, solution_before, solution_after } = told.total;
  await expect(total.getByRole("cell")).toHaveText([String(all), `${answer_before} → ${answer_after}`, `${solution_before} → ${solution_after}`]);
  await expect(page.getByText(put(deadlines.what_if_changed, { n: told.changed_total }))).toBeVisible();
  const broken = told.changed.find((one: { breaks: boolean }) => one.breaks);
  const line = page.getByRole("row").filter({ has: page.getByRole("link", { name: `№${broken.number}`, exact: true }) });
  await expect(line.filter({ hasText: deadlines.breaks }).first()).toContainText(broken.address);

  await page.getByRole("link", { name: deadlines.what_if_back, exact: true }).click();
  await page.waitForURL(/\/settings\/deadlines$/);
  expect((await admin("GET", "/settings/deadlines")).policy).toEqual(policy);
});

test("a rule of one's own holds for what is filed from now on", async ({ browser, request }) => {
  const [admin, desk] = [await asStaff(request, "admin"), await asStaff(request, "dispatcher")];
  const rules = async () => (await admin("GET", "/settings/deadlines")).policy;
  const { rules: before } = await rules();
  const warranty = (words: string) => fileInYard(desk, fresh(words), { kind: "warranty" });
  const old = await warranty("Просел тротуар");
  const page = await staffAt(browser, "admin", "/desk/settings/deadlines");
  const how = async (id: string) => {
    await open(page, `/desk/requests/${id}`);
    const told = card(page, requests.facts).locator("details");
    await told.getByText(deadlines.how).click();
    return told;
  };
  const named = `${common.kind_warranty} · ${common.category_yard}`;
  try {
    await press(page, deadlines.add_rule);
    const line = rule(page, 0);
    await chosen(line, deadlines.kind).selectOption({ label: common.kind_warranty });
    await chosen(line, deadlines.category).selectOption({ label: common.category_yard });
    await hours(line, deadlines.answer, 1);
    await hours(line, deadlines.solution, 5);
    await chosen(line, deadlines.counting).selectOption({ label: deadlines.counting_always });
    await press(page, deadlines.save_rules);
    await expect(page.getByText(settings.saved).first()).toBeVisible();
    const { number } = await rules();
    await expect(page.getByText(put(deadlines.edition_now, { n: number, time: "", author: "" }).split(",")[0].trim())).toBeVisible();

    // The new request says which rule and how; the older one keeps what it was promised.
    const { id } = await warranty("Просела плитка");
    const told = await how(id);
    await expect(told).toContainText(put(deadlines.by_rule, { rule: named }));
    await expect(told).toContainText(put(deadlines.edition, { n: number }));
    const { created_at, due_at } = await desk("GET", `/requests/${id}`);
    // Counted in whole minutes.
    expect(Math.floor((Date.parse(due_at) - Date.parse(created_at)) / 60_000)).toBe(5 * 60);
    await expect(await how(old.id)).not.toContainText(named);

    // Taken away again: the next one is promised by the rest.
    await open(page, "/desk/settings/deadlines");
    await press(rule(page, 0), deadlines.remove_rule);
    await expect(page.locator("main").getByRole("group", { name: deadlines.rule, exact: true })).toHaveCount(before.length);
    await press(page, deadlines.save_rules);
    await expect(page.getByText(settings.saved).first()).toBeVisible();
    await expect(await how((await warranty("Просел люк")).id)).not.toContainText(named);
  } finally {
    const { number, rules: left } = await rules();
    if (JSON.stringify(left) !== JSON.stringify(before)) {
      await admin("PUT", "/settings/deadlines/rules", { rules: before }, { "if-match": `"${number}"` });
    }
  }
});
