// What a first visit transfers, compressed as the browser gets it: people pay for their traffic.
import { type Browser, expect, test } from "@playwright/test";
import { alive, person, residents, signInResident, signInStaff } from "./support";

const KB = 1024;

/** Bytes over the wire until the page is there (`load`), or until it is alive; nothing is cached, cookies come along. */
async function transferred(browser: Browser, path: string, until: "load" | "alive", storageState?: object) {
  const context = await browser.newContext({ serviceWorkers: "block", storageState: storageState as never });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  let bytes = 0;
  devtools.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await devtools.send("Network.enable");
  await page.goto(path, { waitUntil: "load" });
  if (until === "alive") await alive(page);
  const seen = bytes;
  await context.close();
  return seen;
}

test("the door is light", async ({ browser }) => {
  expect(await transferred(browser, "/login", "load")).toBeLessThan(40 * KB);
});

test("a resident's home fits into their traffic", async ({ browser }) => {
  const { page, context } = await person(browser, { phone: true });
  await signInResident(page, residents()[0].phone, residents()[0].code);
  const signedIn = await context.storageState();
  await context.close();
  expect(await transferred(browser, "/my", "alive", signedIn)).toBeLessThan(350 * KB);
});

test("the list of the desk fits into half a megabyte", async ({ browser }) => {
  const { page, context } = await person(browser);
  await signInStaff(page, "dispatcher");
  const signedIn = await context.storageState();
  await context.close();
  expect(await transferred(browser, "/desk", "alive", signedIn)).toBeLessThan(500 * KB);
});
