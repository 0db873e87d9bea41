import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// Debian's Chromium; Playwright's own browsers are not downloaded.
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export default defineConfig({
  testDir: "tests",
  // The journeys share one company; they run one after another.
  workers: 1,
  fullyParallel: false,
  // A second try on a crowded machine; such a test is reported as flaky, and it is looked into.
  retries: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [[process.env.CI ? "dot" : "list"], ["./failures.ts"]],
  outputDir: "test-results",
  use: {
    baseURL: process.env.BASE_URL ?? "http://127.0.0.1:8080",
    locale: "ru-RU",
    timezoneId: "Asia/Tashkent",
    // Filming every step took a third of the processor; whoever fails is filmed at the second try.
    trace: "on-first-retry",
    // A press that finds nothing fails with its own words, not with the end of a long test.
    actionTimeout: 60_000,
    launchOptions: {
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
