// Types of the API's document by their names: two of one name would silently become one schema.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const files = execFileSync("git", ["ls-files", "app/*.rs", "server/*.rs"], { encoding: "utf8" }).trim().split("\n");
const found = new Map();
const note = (name, attributes, file) => {
  const shown = attributes.match(/schema\([^\n]*\bas = (\w+)/)?.[1] ?? name;
  found.set(shown, (found.get(shown) ?? new Set()).add(file));
};
for (const file of files) {
  const text = readFileSync(file, "utf8");
  for (const [, attributes, name] of text.matchAll(/ToSchema[^\n]*\n((?:\s*(?:#\[|\/\/\/)[^\n]*\n)*)\s*(?:pub(?:\(\w+\))? )?(?:struct|enum) (\w+)/g)) {
    note(name, attributes, file);
  }
  for (const [, body] of text.matchAll(/words! \{([\s\S]*?\})\s*\}/g)) {
    const word = body.match(/((?:\s*(?:#\[|\/\/\/)[^\n]*\n)*)\s*(\w+) \{/);
    if (word) note(word[2], word[1], file);
  }
}
const doubled = [...found].filter(([, places]) => places.size > 1);
for (const [name, places] of doubled) console.error(`schema ${name} is made by ${[...places].join(" and ")}: give one #[schema(as = …)]`);
process.exit(doubled.length ? 1 : 0);
