// Every text exists in all three languages with the same placeholders, and says something.
import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../app/i18n/locales/", import.meta.url);
const read = (lang, file) => JSON.parse(readFileSync(new URL(`${lang}/${file}`, root), "utf8"));
const flat = (o, p = "") =>
  Object.entries(o).flatMap(([k, v]) => (typeof v === "object" ? flat(v, `${p}${k}.`) : [[p + k, String(v)]]));
const holes = (s) => [...s.matchAll(/{{\s*(\w+)\s*}}/g)].map((m) => m[1]).sort().join();

const problems = [];
for (const file of readdirSync(new URL("ru/", root))) {
  const base = new Map(flat(read("ru", file)));
  for (const lang of ["uz", "en"]) {
    const other = new Map(flat(read(lang, file)));
    for (const [key, text] of base) {
      if (!other.has(key)) problems.push(`${lang}/${file}: ${key} is missing`);
      else if (holes(other.get(key)) !== holes(text)) problems.push(`${lang}/${file}: ${key} has other placeholders than ru`);
    }
    for (const key of other.keys()) if (!base.has(key)) problems.push(`ru/${file}: ${key} is missing`);
  }
  for (const lang of ["ru", "uz", "en"])
    for (const [key, text] of flat(read(lang, file))) {
      if (!text.trim() || text === "-") problems.push(`${lang}/${file}: ${key} is empty`);
      if (lang === "uz" && /[oOgG]['‘’`]/.test(text)) problems.push(`uz/${file}: ${key} writes oʻ/gʻ with a wrong apostrophe`);
    }
}
if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
