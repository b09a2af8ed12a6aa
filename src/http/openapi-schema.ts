/**
 * JSON Schema as TypeBox writes it, in the words of OpenAPI 3.0.3.
 *
 * Invariants:
 * 1. Every schema with an `$id` becomes one component and is referred to everywhere.
 * 2. What is not a schema (examples, descriptions) is left as it is.
 */

type Node = Readonly<Record<string, unknown>>;

/** Keys whose values are examples or data: nothing in them is a schema. */
const DATA_KEYS: ReadonlySet<string> = new Set(["example", "examples", "default", "enum"]);

export function toOpenApi(document: unknown): object {
  const named = new Map<string, unknown>();
  const whole = parseNode(convert(document, named));
  const components = parseNode(whole["components"] ?? {});
  return { ...whole, components: { ...components, schemas: Object.fromEntries(named) } };
}

function convert(value: unknown, named: Map<string, unknown>): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => convert(each, named));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const node = parseNode(value);
  const id = node["$id"];
  if (typeof id !== "string") {
    return convertNode(node, named);
  }
  if (!named.has(id)) {
    named.set(id, {});
    const rest = Object.entries(node).filter(([key]) => key !== "$id");
    named.set(id, convertNode(parseNode(Object.fromEntries(rest)), named));
  }
  return { $ref: `#/components/schemas/${id}` };
}

function convertNode(node: Node, named: Map<string, unknown>): unknown {
  const entries = Object.entries(node).map(([key, each]) => [
    key,
    DATA_KEYS.has(key) ? each : convert(each, named),
  ]);
  return withoutNull(withoutPatterns(withoutConst(parseNode(Object.fromEntries(entries)))));
}

function withoutConst(node: Node): Node {
  if (!Object.hasOwn(node, "const") || typeof node["const"] === "object") {
    return node;
  }
  const { const: only, ...rest } = node;
  return { ...rest, enum: [only] };
}

/** `Record<string, T>`: 3.0.3 knows `additionalProperties` alone. */
function withoutPatterns(node: Node): Node {
  const { patternProperties, ...rest } = node;
  if (patternProperties === undefined) {
    return node;
  }
  const [any = {}] = Object.values(parseNode(patternProperties));
  return { ...rest, additionalProperties: any };
}

/** `T | null` is a nullable T; literals of one type are one enumeration. */
function withoutNull(node: Node): Node {
  const { anyOf, ...rest } = node;
  if (!Array.isArray(anyOf)) {
    return node["type"] === "null" ? { nullable: true, enum: [null] } : node;
  }
  const all = anyOf.map(parseNode);
  const alternatives = all.filter((each) => !isNull(each));
  const nullable = alternatives.length < all.length ? { nullable: true } : {};
  const [first = {}] = alternatives;
  if (alternatives.every((each) => isLiteralLike(each, first))) {
    const values = alternatives.flatMap((each) => each["enum"]);
    const none = alternatives.length < all.length ? [null] : [];
    return { ...rest, type: first["type"], enum: [...values, ...none], ...nullable };
  }
  if (alternatives.length === 1 && first["$ref"] === undefined) {
    return { ...first, ...rest, ...nullable };
  }
  const refs = alternatives.length === 1 ? { allOf: alternatives } : { anyOf: alternatives };
  return { ...rest, ...refs, ...nullable };
}

function isNull(node: Node): boolean {
  return Array.isArray(node["enum"]) && node["enum"].length === 1 && node["enum"][0] === null;
}

function isLiteralLike(node: Node, first: Node): boolean {
  return (
    Array.isArray(node["enum"]) && node["type"] === first["type"] && first["type"] !== undefined
  );
}

function parseNode(value: unknown): Node {
  return value as Node;
}
