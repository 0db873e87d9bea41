// A small spreadsheet writer and corrector: what people send us is messier than a library would write.
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

export type Cell = string | number | null;

const letters = (column: number): string =>
  column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26);
const escape = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** A workbook of one sheet; `merged` are ranges such as `A1:G1`. */
export function workbook(rows: Cell[][], merged: string[] = []): Buffer {
  const cell = (value: Cell, column: number, row: number) => {
    if (value === null) return "";
    const at = `${letters(column)}${row + 1}`;
    return typeof value === "number"
      ? `<c r="${at}"><v>${value}</v></c>`
      : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escape(value)}</t></is></c>`;
  };
  const lines = rows.map((cells, r) => `<row r="${r + 1}">${cells.map((c, n) => cell(c, n, r)).join("")}</row>`);
  const merges = merged.length ? `<mergeCells count="${merged.length}">${merged.map((m) => `<mergeCell ref="${m}"/>`).join("")}</mergeCells>` : "";
  const xml = (body: string) => strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`);
  const office = "http://schemas.openxmlformats.org";
  return Buffer.from(
    zipSync({
      "[Content_Types].xml": xml(
        `<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
      ),
      "_rels/.rels": xml(
        `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ),
      "xl/workbook.xml": xml(
        `<workbook xmlns="${office}/spreadsheetml/2006/main" xmlns:r="${office}/officeDocument/2006/relationships"><sheets><sheet name="Реестр" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
      "xl/_rels/workbook.xml.rels": xml(
        `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      "xl/worksheets/sheet1.xml": xml(
        `<worksheet xmlns="${office}/spreadsheetml/2006/main"><sheetData>${lines.join("")}</sheetData>${merges}</worksheet>`,
      ),
    }),
  );
}

/** The workbook with the text of some cells replaced, as a person would correct it. */
export function corrected(file: Buffer, changes: Record<string, string>): Buffer {
  const parts = unzipSync(file);
  const seen = new Set<string>();
  for (const [name, bytes] of Object.entries(parts)) {
    if (!/^xl\/(worksheets\/sheet\d+|sharedStrings)\.xml$/.test(name)) continue;
    let text = strFromU8(bytes);
    for (const [wrong, right] of Object.entries(changes)) {
      const next = text.replaceAll(`>${escape(wrong)}</t>`, `>${escape(right)}</t>`);
      if (next !== text) seen.add(wrong);
      text = next;
    }
    parts[name] = strToU8(text);
  }
  const missed = Object.keys(changes).filter((wrong) => !seen.has(wrong));
  if (missed.length) throw new Error(`not in the workbook: ${missed.join(", ")}`);
  return Buffer.from(zipSync(parts));
}

/** The texts of all cells, in no promised order. */
export function cells(file: Buffer): string[] {
  const parts = Object.entries(unzipSync(file)).filter(([name]) => /^xl\/(worksheets\/sheet\d+|sharedStrings)\.xml$/.test(name));
  const plain = (text: string) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");
  return parts.flatMap(([, bytes]) => [...strFromU8(bytes).matchAll(/<t(?: [^>]*)?>([^<]*)<\/t>/g)].map(([, text]) => plain(text)));
}
