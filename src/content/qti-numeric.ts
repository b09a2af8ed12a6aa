/**
 * What a numeric item accepts, as response processing of QTI 3 and back.
 *
 * One condition for each, which raises the score if it fits and is worth more: the best that fits
 * counts, in whatever order they stand.
 */
import type { AcceptedNumber } from "../../machines/learning-session/item.ts";
import { RESPONSE, SCORE } from "./qti-names.ts";
import { type Element, childrenOf, element, textContent } from "./xml.ts";

export function numericRules(accepted: readonly AcceptedNumber[]): string {
  return accepted.map(conditionOf).join("");
}

function conditionOf(accepted: AcceptedNumber): string {
  const { weight } = accepted;
  const score = element("qti-variable", { identifier: SCORE });
  const fits =
    "value" in accepted
      ? near(accepted.value, accepted.tolerance)
      : between(accepted.min, accepted.max);
  const branch = element(
    "qti-response-if",
    {},
    element("qti-and", {}, element("qti-lt", {}, score, number(weight)), fits),
    element("qti-set-outcome-value", { identifier: SCORE }, number(weight)),
  );
  return element("qti-response-condition", {}, branch);
}

/** Undefined: the processing says something else than numbers and their shares. */
export function numbersIn(processing: Element): readonly AcceptedNumber[] | undefined {
  const conditions = childrenOf(processing);
  const accepted = conditions.flatMap((condition) => acceptedIn(condition) ?? []);
  return accepted.length > 0 && accepted.length === conditions.length ? accepted : undefined;
}

function acceptedIn(condition: Element): AcceptedNumber | undefined {
  const [branch, ...others] = childrenOf(condition);
  const [both, set] = branch === undefined || others.length > 0 ? [] : childrenOf(branch);
  const [below, test] = both?.name === "qti-and" ? childrenOf(both) : [];
  if (below?.name !== "qti-lt" || test === undefined || set?.attributes["identifier"] !== SCORE) {
    return undefined;
  }
  const weight = Number(textContent(set));
  const [low, high] = numbersBelow(test);
  if (test.name === "qti-equal" && low !== undefined) {
    const tolerance = Number((test.attributes["tolerance"] ?? "0").split(/\s+/)[0]);
    return { value: low, tolerance, weight };
  }
  return test.name === "qti-and" && low !== undefined && high !== undefined
    ? { min: low, max: high, weight }
    : undefined;
}

function numbersBelow(parent: Element): readonly number[] {
  return childrenOf(parent).flatMap((child) =>
    child.name === "qti-base-value" ? [Number(textContent(child))] : numbersBelow(child),
  );
}

function near(value: number, tolerance: number): string {
  const within = { "tolerance-mode": "absolute", tolerance: `${tolerance} ${tolerance}` };
  return element("qti-equal", within, given(), number(value));
}

function between(min: number, max: number): string {
  return element(
    "qti-and",
    {},
    element("qti-gte", {}, given(), number(min)),
    element("qti-lte", {}, given(), number(max)),
  );
}

function given(): string {
  return element("qti-variable", { identifier: RESPONSE });
}

function number(value: number): string {
  return element("qti-base-value", { "base-type": "float" }, String(value));
}
