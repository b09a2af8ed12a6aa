/**
 * XML, written, and read within limits: what comes in is not trusted.
 *
 * Names lose their prefixes. Invariants:
 * XM1: A document type is refused, so there are no entities but those of XML and HTML, each decoded
 *    once, and nothing outside of the text is ever asked for.
 * XM2: Elements nest to a limit, so no walk over them runs out of stack.
 */
import { XMLParser } from "fast-xml-parser";
import { SyntaxValidator } from "fast-xml-validator";
import { decodeEntities } from "./entities.ts";

/** Tables within tables within feedback; real items stay below 20. */
const DEPTH_MAX = 64;

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

export type Node = Element | string;

export type ReadXml =
  | { readonly ok: true; readonly root: Element }
  | { readonly ok: false; readonly message: string };

const ATTRIBUTES = ":@";
const TEXT = "#text";

const parser = new XMLParser({
  preserveOrder: true,
  maxNestedTags: DEPTH_MAX,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** Not UTF-8, not well-formed, too deep, or with a document type: why it is not read. */
export function readXml(bytes: Uint8Array): ReadXml {
  const text = textOf(bytes);
  if (text === undefined) {
    return { ok: false, message: "expected UTF-8" };
  }
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) {
    return { ok: false, message: "expected no document type, as entities are not accepted" };
  }
  if (attempted(() => SyntaxValidator.validate(text)) !== true) {
    return { ok: false, message: "expected well-formed XML" };
  }
  const root = nodesOf(attempted(() => parser.parse(text))).find(
    (node) => typeof node !== "string",
  );
  return root === undefined || typeof root === "string"
    ? { ok: false, message: `expected elements with plain names, at most ${DEPTH_MAX} deep` }
    : { ok: true, root };
}

/** The libraries throw: at what is not XML, too deep, or named like an object's own parts. */
function attempted(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) {
      return undefined;
    }
    throw error;
  }
}

/** Children are written already; attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly string[]
): string {
  const named = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? "" : ` ${key}="${escapedAttribute(String(value))}"`,
  );
  const inner = children.join("");
  return inner === ""
    ? `<${name}${named.join("")}/>`
    : `<${name}${named.join("")}>${inner}</${name}>`;
}

/** Characters that XML has not are dropped. */
export function escapedXml(text: string): string {
  return text
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, "")
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Readers of XML make a space of every line's end in an attribute that is not written so. */
function escapedAttribute(text: string): string {
  return escapedXml(text).replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function childrenOf(parent: Element): readonly Element[] {
  return parent.children.flatMap((node) => (typeof node === "string" ? [] : [node]));
}

/** Every element below, in the order of the document. */
export function descendantsOf(parent: Element): readonly Element[] {
  return childrenOf(parent).flatMap((child) => [child, ...descendantsOf(child)]);
}

export function textContent(node: Node): string {
  return typeof node === "string" ? node : node.children.map(textContent).join("");
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function nodesOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.flatMap(nodeOf) : [];
}

function nodeOf(value: unknown): readonly Node[] {
  const found = decodeRecord(value);
  if (TEXT in found) {
    return [decodeEntities(String(found[TEXT]))];
  }
  const name = Object.keys(found).find((key) => key !== ATTRIBUTES);
  if (name === undefined) {
    return [];
  }
  const attributes = Object.entries(decodeRecord(found[ATTRIBUTES])).map(
    ([key, each]) => [key, decodeEntities(String(each))] as const,
  );
  return [{ name, attributes: Object.fromEntries(attributes), children: nodesOf(found[name]) }];
}

function decodeRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
