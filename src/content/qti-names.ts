/** Words of QTI 3 that writing and reading share: where things stand, and what they are called. */

export const MANIFEST = "imsmanifest.xml";
export const TEST = "test.xml";
export const ITEM_TYPE = "imsqti_item_xmlv3p0";
export const TEST_TYPE = "imsqti_test_xmlv3p0";
/** On an element: the Markdown that it was made of, where that says more than it shows. */
export const MARKDOWN = "data-markdown";
export const RESPONSE = "RESPONSE";
/** Of a share of 1; points are the weight of the item in its test. */
export const SCORE = "SCORE";
export const FEEDBACK = "FEEDBACK";
export const WEIGHT = "POINTS";

/** Identifiers of QTI begin with a letter or `_`, which no id of ours begins with. */
export function identifierOf(id: string): string {
  return /^[A-Za-z]/.test(id) ? id : `_${id}`;
}
