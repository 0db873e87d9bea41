// Reads plans of auto_explain (JSON) from a PostgreSQL log on standard input; prints for each list how many rows it read for how
// many it showed.
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

// Rows taken from tables, with those thrown away again. An index that answers alone reads no row of its table; a row that a
// row of the list names by its key is counted apart: there are as many as the list shows columns of other tables.
const read = (node) => {
  const loops = node["Actual Loops"] ?? 1, rows = node["Actual Rows"] ?? 0;
  const dropped = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  let own = { read: 0, keyed: 0 };
  if (node["Relation Name"]) {
    const taken = node["Node Type"] === "Index Only Scan" ? (node["Heap Fetches"] ?? 0) : loops * (rows + dropped);
    const byKey = loops > 1 && rows <= 1 && dropped === 0 && /^Index/.test(node["Node Type"]);
    own = byKey ? { read: 0, keyed: taken } : { read: taken, keyed: 0 };
  }
  return (node.Plans ?? []).map(read).reduce((sum, one) => ({ read: sum.read + one.read, keyed: sum.keyed + one.keyed }), own);
};
const how = (node) => [
  ...(node["Relation Name"] ? [`${node["Node Type"]} ${node["Index Name"] ?? node["Relation Name"]}`] : []),
  ...(node.Plans ?? []).flatMap(how),
];

// The statements up to a mark (server/domain/tests/it/figures.rs) are one list's.
const lists = new Map();
let statements = [];
for (const json of plans) {
  let plan;
  try { plan = JSON.parse(json.replace(/\n\t/g, "\n")); } catch { continue; }
  const query = plan["Query Text"].replace(/\s+/g, " ").trim();
  const [, name, rows] = /^select 'listed', '(.*)', (\d+)$/.exec(query) ?? [];
  if (name === undefined) {
    if (/^(select|with)/i.test(query) && plan.Plan) statements.push({ query, ...read(plan.Plan), how: [...new Set(how(plan.Plan))].join(", ") });
    continue;
  }
  // What follows a list's own mark is its summary.
  if (statements.length > 0) {
    const sum = (what) => statements.reduce((all, one) => all + one[what], 0);
    const list = { name, rows: Number(rows), read: sum("read"), keyed: sum("keyed"), worst: statements.toSorted((a, b) => b.read - a.read)[0] };
    list.ratio = list.read / Math.max(1, list.rows);
    const known = lists.get(name);
    if (!known || list.ratio > known.ratio) lists.set(name, list);
  }
  statements = [];
}
console.log("Rows read for each row shown (goal 4), and rows named by their key:");
for (const { name, rows, read, keyed, ratio, worst } of [...lists.values()].sort((a, b) => b.ratio - a.ratio)) {
  console.log(`${ratio.toFixed(1).padStart(9)} ×  ${String(read).padStart(7)} read, ${String(keyed).padStart(5)} by key, ${String(rows).padStart(4)} shown  ${name}`);
  if (ratio > 4) console.log(`${" ".repeat(13)}${worst.read} by ${worst.query.slice(0, 110)}\n${" ".repeat(13)}${worst.how.slice(0, 220)}`);
}
