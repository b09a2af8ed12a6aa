/**
 * What KaTeX may do with a formula that somebody has written.
 *
 * Invariant:
 * PG9: A formula links nowhere, takes nothing from elsewhere, and comes to an end.
 */
import type { KatexOptions } from "katex";

/** Macros that make macros end here, long before a page stands still. */
const EXPANSIONS_MAX = 200;
/** In em: what is larger than a page is a mistake. */
const SIZE_MAX_EM = 20;

export const FORMULA_OPTIONS: KatexOptions = {
  output: "mathml",
  throwOnError: true,
  trust: false,
  strict: "ignore",
  maxExpand: EXPANSIONS_MAX,
  maxSize: SIZE_MAX_EM,
};
