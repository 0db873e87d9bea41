// Who gets a request: a rule of the company, its suggestion with the reason, and the choice the system makes by itself.
import { expect, test } from "@playwright/test";
import { asStaff, card, fileInYard, fresh, JOB, noComplaints, open, pick, press, put, sheet, staffAt, texts } from "./support";

test.afterEach(noComplaints);

const assignment = texts("ru", "assignment");
const common = texts("ru", "common");
const requests = texts("ru", "requests");

test("a rule suggests its person with the reason, and assigns by itself where the company wants it", async ({ browser, request }) => {
  test.setTimeout(240_000);
  const [admin, desk] = [await asStaff(request, "admin"), await asStaff(request, "dispatcher")];
  const { name, user_id } = await (await asStaff(request, "handyman"))("GET", "/auth/me");
  const [house] = (await desk("GET", "/buildings?limit=1")).items;
  const { modes, rules: before } = await admin("GET", "/assignment");
  expect(modes.warranty).toBe("suggest");

  const settings = await staffAt(browser, "admin", "/desk/settings/assignment");
  try {
    // Only warranty goes by itself: whatever else is filed meanwhile waits for a person, as it did.
    await settings.getByRole("combobox", { name: assignment.kind_warranty, exact: true }).selectOption({ label: assignment.mode_auto });
    await press(card(settings, assignment.modes), common.save);
    await expect.poll(async () => (await admin("GET", "/assignment")).modes).toEqual({ ...modes, warranty: "auto" });
    await press(settings, assignment.add_rule);
    await sheet(settings).locator("select[name=rule-category]").selectOption({ label: common.category_yard });
    await pick(settings, "rule-building", house.address);
    await pick(settings, "rule-person", name);
    await press(sheet(settings), common.save);
    await expect(sheet(settings)).toHaveCount(0);
    const line = card(settings, assignment.rules).getByRole("row").filter({ hasText: name });
    await expect(line).toContainText(common.category_yard);
    await expect(line).toContainText(house.address);

    // An ordinary request: the name with its reason, and one press.
    const page = await staffAt(browser, "dispatcher", `/desk/requests/${(await fileInYard(desk, fresh("Сломан мангал"))).id}`);
    const offer = page.locator("main .banner", { hasText: assignment.suggestion });
    await expect(offer).toContainText(name);
    await expect(offer).toContainText(assignment.why_rule);
    await press(offer, put(assignment.assign_to, { name }));
    await expect(offer).toHaveCount(0);
    await expect(page.locator(".page-head")).toContainText(common.status_assigned);

    // Warranty: nobody presses anything; the page shows who, and why.
    const { id } = await fileInYard(desk, fresh("Треснул бордюр"), { kind: "warranty" });
    await expect.poll(async () => (await desk("GET", `/requests/${id}`)).assignee?.id, { timeout: JOB }).toBe(user_id);
    await open(page, `/desk/requests/${id}`);
    await expect(page.locator(".page-head")).toContainText(common.status_assigned);
    await expect(page.locator("dl", { hasText: assignment.why })).toContainText(`${assignment.chosen}: ${assignment.why_rule}`);
    await expect(page.getByRole("region", { name: requests.talk })).toContainText(`${assignment.chosen}: ${assignment.why_rule}`);

    // The rule is taken away again.
    await press(line, assignment.remove_rule);
    await expect(line).toHaveCount(0);
  } finally {
    const now = await admin("GET", "/assignment");
    for (const rule of now.rules) {
      if (!before.some((known: { id: string }) => known.id === rule.id)) await admin("DELETE", `/assignment/rules/${rule.id}`);
    }
    const { version } = await admin("GET", "/assignment");
    await admin("PUT", "/assignment", modes, { "if-match": `"${version}"` });
  }
});
