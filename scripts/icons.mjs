// Builds public/icons/sprite.svg from app/ui/icons.txt and the lucide icons of node_modules.
// The output is committed: a product build needs no Node for icons.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "node_modules/lucide-static/icons");
const lines = readFileSync(join(root, "app/ui/icons.txt"), "utf8")
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line && !line.startsWith("#"));

const symbols = lines.map((line) => {
  const [name, file = name] = line.split("=");
  const svg = readFileSync(join(source, `${file}.svg`), "utf8");
  const body = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/\s*\n\s*/g, "")
    .replace(/ \/>/g, "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
});

const out = `<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide, ISC licence -->\n${symbols.join("\n")}\n</svg>\n`;
writeFileSync(join(root, "public/icons/sprite.svg"), out);
process.stdout.write(`${symbols.length} icons, ${out.length} bytes\n`);
