// Reads plans of auto_explain (JSON) from a PostgreSQL log on standard input; prints rows read for rows returned.
import { readFileSync } from "node:fs";

const text = readFileSync(0, "utf8");
const plans = [];
for (const start of text.matchAll(/plan:\s*\n\s*\{/g)) {
  let depth = 0, quoted = false, end = start.index + start[0].length - 1;
  for (let i = end; i < text.length; i++) {
    const c = text[i];
    if (quoted) { if (c === "\\") i++; else if (c === '"') quoted = false; continue; }
    if (c === '"') quoted = true;
    else if (c === "{") depth++;
    else if (c === "}" && --depth === 0) { plans.push(text.slice(end, i + 1)); break; }
  }
}

// Rows taken from tables, with those thrown away again.
const read = (node) => {
  const loops = node["Actual Loops"] ?? 1;
  const own = node["Relation Name"]
    ? loops * ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0))
    : 0;
  return own + (node.Plans ?? []).reduce((sum, child) => sum + read(child), 0);
};
const how = (node) => [
  ...(node["Relation Name"] ? [`${node["Node Type"]} ${node["Index Name"] ?? node["Relation Name"]}`] : []),
  ...(node.Plans ?? []).flatMap(how),
];

const worst = new Map();
for (const json of plans) {
  let plan;
  try { plan = JSON.parse(json.replace(/\n\t/g, "\n")); } catch { continue; }
  const query = plan["Query Text"].replace(/\s+/g, " ").trim();
  if (!/^(select|with)/i.test(query) || !plan.Plan) continue;
  const returned = (plan.Plan["Actual Rows"] ?? 0) * (plan.Plan["Actual Loops"] ?? 1);
  const one = { query, returned, read: read(plan.Plan), how: [...new Set(how(plan.Plan))].join(", ") };
  one.ratio = one.read / Math.max(1, returned);
  const known = worst.get(query);
  if (!known || one.ratio > known.ratio) worst.set(query, one);
}
for (const one of [...worst.values()].sort((a, b) => b.ratio - a.ratio)) {
  console.log(`${one.ratio.toFixed(1).padStart(9)} ×  ${String(one.read).padStart(7)} read ${String(one.returned).padStart(6)} returned  ${one.query.slice(0, 130)}`);
  console.log(`${" ".repeat(13)}${one.how.slice(0, 200)}`);
}
