/** The response declaration of an assessment item: what is right, and what earns how much. */
import { type Element, childrenOf, textContent } from "./xml.ts";

export interface Declared {
  readonly cardinality: string;
  readonly type: string;
  readonly correct: readonly string[];
  /** By key; empty: there is no mapping. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Of an item without a declaration: nothing is right. */
export function declaredIn(root: Element): Declared {
  const declaration = childrenOf(root).find(({ name }) => name === "qti-response-declaration");
  const parts = declaration === undefined ? [] : childrenOf(declaration);
  const correct = parts.find(({ name }) => name === "qti-correct-response");
  const mapping = parts.find(({ name }) => name === "qti-mapping");
  return {
    cardinality: declaration?.attributes["cardinality"] ?? "single",
    type: declaration?.attributes["base-type"] ?? "string",
    correct: correct === undefined ? [] : childrenOf(correct).map(textContent),
    weights: new Map(mapping === undefined ? [] : childrenOf(mapping).map(entryOf)),
  };
}

function entryOf({ attributes }: Element): readonly [string, number] {
  return [attributes["map-key"] ?? "", Number(attributes["mapped-value"] ?? "0")];
}
