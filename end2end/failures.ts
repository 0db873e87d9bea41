import { appendFileSync } from "node:fs";
import type { Reporter, TestCase, TestError, TestResult } from "@playwright/test/reporter";

const COLOURS = /\u001b\[[0-9;]*m/g;
const LINES = 12;

/** Writes what failed, a few lines each, into the file named by `E2E_FAILURES`: the last word of a run is what went wrong. */
export default class Failures implements Reporter {
  private lines: string[] = [];

  onTestEnd(test: TestCase, result: TestResult) {
    if (result.status === "passed" || result.status === "skipped") return;
    this.lines.push(`${test.location.file.split("/").pop()}:${test.location.line} ${test.title} (try ${result.retry + 1}: ${result.status})`);
    for (const error of result.errors.slice(0, 4)) {
      const text = (error.message ?? "").replace(COLOURS, "").split("\n").filter((line) => line.trim());
      const at = error.location ? ` [line ${error.location.line}]` : "";
      this.lines.push(...text.slice(0, LINES).map((line, n) => `    ${line.slice(0, 300)}${n ? "" : at}`));
    }
  }

  /** A spec that cannot even be read. */
  onError(error: TestError) {
    this.lines.push(...(error.message ?? "").replace(COLOURS, "").split("\n").slice(0, LINES));
  }

  onEnd() {
    if (process.env.E2E_FAILURES && this.lines.length) appendFileSync(process.env.E2E_FAILURES, `${this.lines.join("\n")}\n`);
  }
}
