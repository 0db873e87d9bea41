// Photographs every screen into end2end/screens, for people to flip through; fails when a page is wider than its window
// or keeps somebody out: axe finds nothing serious.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { alive, asStaff, type Lang, noComplaints, person, residents, signInResident, signInStaff, texts } from "./support";
import { workbook } from "./workbook";

test.afterEach(noComplaints);

// Two of them show every width, theme and language once; the other two the rest of the pairs.
const looks: { lang: Lang; dark: boolean; phone: boolean }[] = [
  { lang: "ru", dark: false, phone: false },
  { lang: "uz", dark: true, phone: true },
  ...(process.env.UK_LOOKS === "all"
    ? [
        { lang: "uz" as const, dark: true, phone: false },
        { lang: "ru" as const, dark: false, phone: true },
      ]
    : []),
];

/** What would keep somebody out, in a line each. */
async function barriers(page: Page): Promise<string[]> {
  // What is still on its way from one colour to another is not judged.
  await page.evaluate(() =>
    Promise.all(
      document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => null)),
    ),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`));
}

/** The first link of a list that leads to one of its rows. */
const first = (page: Page, selector: string) => page.locator(selector).first().getAttribute("href", { timeout: 15_000 });

for (const look of looks) {
  const name = `${look.phone ? 390 : 1440}-${look.dark ? "dark" : "light"}-${look.lang}`;

  test(`screens ${name}`, async ({ browser, request }) => {
    test.setTimeout(900_000);
    const shoot = async (page: Page, path: string, file: string, plain = false) => {
      await page.goto(path);
      if (!plain) await alive(page);
      await expect(page.locator("main [aria-busy=true], main .skeleton")).toHaveCount(0);
      await page.screenshot({ path: `screens/${file}-${name}.png` });
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is too wide`).toBe(true);
      expect.soft(await barriers(page), path).toEqual([]);
    };

    const desk = await person(browser, look);
    await shoot(desk.page, "/login", "login", true);
    await shoot(desk.page, "/join", "join", true);
    for (const part of ["forgot", "forgot?sent=1", "reset"]) {
      await shoot(desk.page, `/login/${part}`, `login-${part.replace(/\W+/g, "-")}`, true);
    }
    await signInStaff(desk.page, "dispatcher");
    await shoot(desk.page, "/desk", "desk-list");
    const one = await first(desk.page, "a[href*='/desk/requests/']:not([href$='/new'])");
    await shoot(desk.page, one!, "desk-request");
    await shoot(desk.page, "/desk/requests/new", "desk-new");
    await shoot(desk.page, "/desk/buildings", "desk-buildings");
    const building = await first(desk.page, "a[href^='/desk/buildings/']");
    await shoot(desk.page, building!, "desk-building");
    await shoot(desk.page, "/desk/people", "desk-people");
    await shoot(desk.page, `/desk/call/${residents()[0].phone}`, "desk-call");
    await shoot(desk.page, "/desk/staff", "desk-staff");
    await shoot(desk.page, "/desk/search?q=%D0%9A%D0%B0%D1%80%D0%B8%D0%BC%D0%BE%D0%B2", "desk-search");
    await shoot(desk.page, "/desk/complexes", "desk-complexes");
    await shoot(desk.page, "/desk/documents", "desk-documents");
    await shoot(desk.page, "/desk/exports", "desk-exports");
    await shoot(desk.page, "/profile", "profile");
    await shoot(desk.page, "/dev/ui", "gallery", true);
    await desk.context.close();

    const office = await person(browser, look);
    await signInStaff(office.page, "admin");
    await shoot(office.page, building!, "office-building");
    // The chart's colours, each on a number that must stay readable.
    for (const measure of await office.page.locator("div.segmented button").all()) {
      await measure.click();
      expect.soft(await barriers(office.page), await measure.innerText()).toEqual([]);
    }
    const unit = await first(office.page, "a[href^='/desk/units/']");
    if (unit) await shoot(office.page, unit, "office-unit");
    await shoot(office.page, "/desk/buildings/new", "office-building-new");
    await shoot(office.page, `${building}/edit`, "office-building-edit");
    await shoot(office.page, `${building}/chart`, "office-generator");
    await shoot(office.page, "/desk/units", "office-units");
    await shoot(office.page, `${building}/sheet`, "office-sheet");
    await shoot(office.page, "/desk/staff", "office-staff");
    const member = await first(office.page, "a[href^='/desk/staff/']");
    await shoot(office.page, member!, "office-member");
    await shoot(office.page, "/desk/audit", "office-audit");
    for (const part of ["", "/start", "/calendar", "/deadlines", "/deadlines/what-if", "/numbers", "/languages", "/billing", "/kassas", "/privacy", "/proof", "/catalogue", "/classifier", "/assignment", "/replies", "/roles"]) {
      await shoot(office.page, `/desk/settings${part}`, `office-settings${part.replaceAll("/", "-")}`);
    }
    await shoot(office.page, "/desk/people", "office-people");
    const contact = await first(office.page, "main tbody a[href^='/desk/people/']");
    await shoot(office.page, contact!, "office-person");
    await shoot(office.page, `${contact}/edit`, "office-person-edit");
    await shoot(office.page, "/desk/people/new", "office-person-new");
    await shoot(office.page, "/desk/people/applications", "office-applications");
    await shoot(office.page, "/desk/outages", "office-outages");
    const outage = await first(office.page, "main a[href^='/desk/outages/']:not([href$='/new'])");
    if (outage) await shoot(office.page, outage, "office-outage");
    await shoot(office.page, "/desk/outages/new", "office-outage-new");
    for (const list of ["shifts", "plans", "rounds", "calls", "tariffs", "charges", "debts", "payments", "payments/bank", "payments/reconciliation"]) {
      await shoot(office.page, `/desk/${list}`, `office-${list.replace("/", "-")}`);
    }
    await office.page.goto("/desk/payments");
    const payment = await first(office.page, "main tbody a[href^='/desk/payments/']");
    const account = await first(office.page, "main tbody a[href^='/desk/accounts/']");
    await shoot(office.page, payment!, "office-payment");
    await shoot(office.page, account!, "office-account");
    await office.page.goto("/desk/charges");
    const run = await first(office.page, "main tbody a[href^='/desk/charges/']");
    await shoot(office.page, run!, "office-run");
    await shoot(office.page, "/desk/news", "office-news");
    const news = await first(office.page, "main tbody a[href^='/desk/news/']:not([href$='/new'])");
    await shoot(office.page, news!, "office-one-news");
    for (const part of ["news/new", "news/deliveries", "notices", "settings/texts"]) {
      await shoot(office.page, `/desk/${part}`, `office-${part.replace("/", "-")}`);
    }
    await shoot(office.page, "/desk/imports", "office-imports");
    await shoot(office.page, "/desk/imports/new", "office-import-new");
    const buffer = workbook([["Адрес дома", "Квартира", "Этаж"], ["Снимок 1", "1", "1"], ["Снимок 1", "2", "второй"]]);
    await office.page.locator("input[type=file]").setInputFiles({ name: "дома.xlsx", mimeType: "application/octet-stream", buffer });
    await office.page.getByRole("button", { name: texts(look.lang, "imports").upload, exact: true }).click();
    await office.page.waitForURL(/\/desk\/imports\/[0-9a-f-]{36}/);
    await shoot(office.page, office.page.url(), "office-import");
    // Lists from the first look above, each with what stands behind its first row and the form of a new one.
    for (const [list, below, make] of [["plans", "plans", "plans/new"], ["rounds", "rounds", "routes/new"], ["rounds", "routes", ""]]) {
      await office.page.goto(`/desk/${list}`);
      const row = await first(office.page, `main a[href^='/desk/${below}/']:not([href$='/new'])`);
      await shoot(office.page, row!, `office-${below.slice(0, -1)}`);
      if (make) await shoot(office.page, `/desk/${make}`, `office-${make.replace("/", "-")}`);
    }
    await office.context.close();

    // Getting in: as staff by a link; as a resident by a phone, its code and a home, or by a link.
    const admin = await asStaff(request, "admin");
    const [unit_id, house] = [(await admin("GET", "/units/register?limit=1")).items[0].id, building!.split("/").pop()];
    const { link: staffLink } = await admin("POST", "/staff", { name: "Снимок", role: "staff" });
    const { link: homeLink } = await admin("POST", "/resident-invitations", { unit_id, relation: "tenant" });
    const guest = await person(browser, look);
    const at = (link: string) => new URL(link, "http://any.example").pathname;
    await shoot(guest.page, at(staffLink), "join-staff", true);
    await shoot(guest.page, at(homeLink), "join-invited", true);
    const phone = `+99890${String(Date.now()).slice(-7)}`;
    await shoot(guest.page, `/join?sent=1&house=${house}&phone=${encodeURIComponent(phone)}`, "join-code", true);
    await guest.page.fill("input[name=code]", residents()[0].code);
    await guest.page.click("form[action='/join/verify'] button[type=submit]");
    await guest.page.waitForURL(/\/join\?house=/);
    await shoot(guest.page, guest.page.url(), "join-home", true);
    await shoot(guest.page, at(homeLink), "join-accept", true);
    await guest.context.close();

    const home = await person(browser, look);
    const who = residents()[0];
    await signInResident(home.page, who.phone, who.code);
    await shoot(home.page, "/my", "my-home");
    await shoot(home.page, "/my/requests", "my-requests");
    const mine = await first(home.page, "a[href*='/my/requests/']");
    await shoot(home.page, mine!, "my-request");
    await shoot(home.page, "/my/new", "my-new");
    await shoot(home.page, "/my/documents", "my-documents");
    await shoot(home.page, "/my/homes", "my-homes");
    await shoot(home.page, "/my/bills", "my-bills");
    await shoot(home.page, "/my/pay", "my-pay");
    await shoot(home.page, "/my/news", "my-news");
    const read = await first(home.page, "main a[href^='/my/news/']");
    if (read) await shoot(home.page, read, "my-one-news");
    await shoot(home.page, "/my/notices", "my-notices");
    await home.page.goto("/my/pay");
    const link = await home.page.locator("main form input[name=token]").first().inputValue();
    await shoot(home.page, `/pay/${link}`, "pay", true);
    await shoot(home.page, "/profile", "my-profile");
    await home.context.close();

    const work = await person(browser, look);
    await signInStaff(work.page, "plumber");
    await shoot(work.page, "/work", "work-day");
    const task = await first(work.page, "a[href*='/work/requests/']");
    const round = await first(work.page, "a[href*='/work/rounds/']");
    if (task) await shoot(work.page, task, "work-task");
    await shoot(work.page, round!, "work-round");
    await work.context.close();

    const owner = await person(browser, look);
    await signInStaff(owner.page, "owner");
    await shoot(owner.page, "/desk/operations", "owner-operations");
    await shoot(owner.page, "/desk/companies", "owner-companies");
    await owner.context.close();
  });
}
