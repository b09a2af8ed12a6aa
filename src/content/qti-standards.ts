/**
 * Standards as curriculum standards metadata of QTI 3: of the package, and of single items.
 *
 * The package lists all, in order; an item repeats those that it serves. A framework is a provider,
 * a code a GUID, a title its label, for which others have the same places.
 */
import type { Standard } from "../../db/lesson-row.ts";
import { TITLE_CHARS_MAX } from "../../machines/learning-session/item.ts";
import { STANDARDS_MAX, STANDARD_CHARS_MAX, standardKey } from "./standards.ts";
import { type Element, descendantsOf, element, escapedXml, textContent } from "./xml.ts";

const NAMESPACE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscsmd_v1p1";
/** Of a package that names nobody. */
const FRAMEWORK_DEFAULT = "unknown";

/** Empty for none. */
export function standardsMetadata(standards: readonly Standard[]): string {
  const all = standards.map(({ framework, code, title }) => {
    const label = title === undefined ? "" : element("label", {}, escapedXml(title));
    const named = element("labelledGUID", {}, label, element("GUID", {}, escapedXml(code)));
    const attributes = { providerId: framework };
    return element("curriculumStandardsMetadata", attributes, element("setOfGUIDs", {}, named));
  });
  return all.length === 0
    ? ""
    : element("curriculumStandardsMetadataSet", { xmlns: NAMESPACE }, ...all);
}

/** Below an element of the manifest; each once. */
export function standardsIn(parent: Element | undefined): readonly Standard[] {
  const sets = parent === undefined ? [] : descendantsOf(parent);
  const found = sets
    .filter(({ name }) => name === "curriculumStandardsMetadata")
    .flatMap((set) => {
      const framework = clipped(set.attributes["providerId"] ?? "", STANDARD_CHARS_MAX);
      return descendantsOf(set)
        .filter(({ name }) => name === "labelledGUID")
        .flatMap((each) => standardIn(each, framework || FRAMEWORK_DEFAULT));
    });
  return [...new Map(found.map((each) => [standardKey(each), each])).values()].slice(
    0,
    STANDARDS_MAX,
  );
}

function standardIn(parent: Element, framework: string): readonly Standard[] {
  const said = (name: string, most: number): string => {
    const part = descendantsOf(parent).find((each) => each.name === name);
    return part === undefined ? "" : clipped(textContent(part), most);
  };
  const code = said("GUID", STANDARD_CHARS_MAX) || said("caseItemURI", STANDARD_CHARS_MAX);
  const title = said("label", TITLE_CHARS_MAX);
  return code === "" ? [] : [{ framework, code, ...(title === "" ? {} : { title }) }];
}

function clipped(text: string, most: number): string {
  return text.trim().slice(0, most).toWellFormed();
}

export interface Serving {
  readonly stepId: string;
  readonly standards: readonly Standard[];
}

/** The package's, with the steps that serve them; then what only items say. */
export function servedBy(
  standards: readonly Standard[],
  servings: readonly Serving[],
): readonly Standard[] {
  const all = [...standards, ...servings.flatMap((each) => each.standards)];
  const distinct = new Map(all.toReversed().map((each) => [standardKey(each), each]));
  const keys = [...new Set(all.map(standardKey))].slice(0, STANDARDS_MAX);
  return keys.flatMap((key) => {
    const serves = (each: Serving) => each.standards.some((one) => standardKey(one) === key);
    const steps = servings.filter(serves).map(({ stepId }) => stepId);
    const standard = distinct.get(key);
    return standard === undefined ? [] : [steps.length === 0 ? standard : { ...standard, steps }];
  });
}
