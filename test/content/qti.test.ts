/** Packages of QTI 3 from elsewhere: what they mean here, and what is refused of hostile ones. */
import { describe, expect, test } from "bun:test";
import { zipSync } from "fflate";
import { importQti } from "../../src/content/qti.ts";
import { readXml } from "../../src/content/xml.ts";
import { unzipped } from "../../src/content/zip.ts";
import { systemClock } from "../../src/platform.ts";

const MIB = 1024 * 1024;
const CHOICE = `<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
  <qti-correct-response><qti-value>B.1</qti-value></qti-correct-response></qti-response-declaration>`;
const QUESTION = `<qti-choice-interaction response-identifier="RESPONSE" max-choices="1">
  <qti-prompt>Which <b>one</b>?</qti-prompt>
  <qti-simple-choice identifier="A.1">Water<script>alert(1)</script></qti-simple-choice>
  <qti-simple-choice identifier="B.1">Light &amp; *air*</qti-simple-choice></qti-choice-interaction>`;

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function itemOf(body: string, declaration = CHOICE): string {
  return `<?xml version="1.0"?><qti-assessment-item identifier="i" title="">${declaration}
    <qti-item-body>${body}</qti-item-body></qti-assessment-item>`;
}

function packed(items: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const resources = items.map(
    (_, index) =>
      `<resource identifier="r${index}" type="imsqti_item_xmlv3p0" href="in/${index}.xml"/>`,
  );
  const files = {
    "imsmanifest.xml": `<manifest><resources>${resources.join("")}</resources></manifest>`,
    ...Object.fromEntries(items.map((item, index) => [`in/${index}.xml`, item])),
    ...more,
  };
  const entries = Object.entries(files).map(([name, text]) => [name, bytesOf(text)] as const);
  return zipSync(Object.fromEntries(entries));
}

async function errorsOf(bytes: Uint8Array): Promise<string> {
  const imported = await importQti(bytes, systemClock);
  return imported.ok ? "imported" : imported.errors.map(({ message }) => message).join("; ");
}

describe("packages of others", () => {
  test("standards of others are read, with the steps of the items that name them", async () => {
    const metadata = (provider: string, guids: string) =>
      `<metadata><csm:curriculumStandardsMetadataSet xmlns:csm="c">
        <csm:curriculumStandardsMetadata ${provider}><csm:setOfGUIDs region="X" version="1">${guids}
        </csm:setOfGUIDs></csm:curriculumStandardsMetadata></csm:curriculumStandardsMetadataSet>
      </metadata>`;
    const guid = (text: string) => `<csm:labelledGUID>${text}</csm:labelledGUID>`;
    const one = guid("<csm:label> Leaves </csm:label><csm:GUID> 7E80-A </csm:GUID>");
    const uri = guid("<csm:caseItemURI>https://case.example/1</csm:caseItemURI>");
    const item = (index: number, inner: string) =>
      `<resource identifier="r${index}" type="imsqti_item_xmlv3p0" href="in/${index}.xml">${inner}
      </resource>`;
    const manifest = `<manifest>${metadata('providerId="AB"', one + guid("<csm:label>x</csm:label>"))}
      <resources>${item(0, "")}${item(1, metadata("", uri) + metadata('providerId="AB"', one))}
      </resources></manifest>`;
    const both = [itemOf(QUESTION), itemOf(QUESTION)];
    const imported = await importQti(packed(both, { "imsmanifest.xml": manifest }), systemClock);
    expect(imported).toMatchObject({
      ok: true,
      standards: [
        { framework: "AB", code: "7E80-A", title: "Leaves", steps: ["r1"] },
        { framework: "unknown", code: "https://case.example/1", steps: ["r1"] },
      ],
    });
  });

  test("XHTML becomes Markdown, ids that are none here are given anew, scripts are gone", async () => {
    const imported = await importQti(packed([itemOf(`<p>Plants.</p>${QUESTION}`)]), systemClock);
    expect(imported).toMatchObject({
      ok: true,
      title: "Imported questions",
      lost: [],
      steps: [
        {
          id: "r0",
          item: {
            kind: "single-choice",
            prompt: "Plants.\n\nWhich **one**?",
            choices: [
              { id: "c1", text: "Water", correct: false },
              { id: "c2", text: "Light & \\*air\\*", correct: true },
            ],
          },
        },
      ],
    });
  });

  test("QI1: what has no item here is left out and listed, the rest is imported", async () => {
    const hotspot = itemOf('<qti-hotspot-interaction response-identifier="RESPONSE"/>');
    const bytes = packed([hotspot, itemOf(QUESTION), "<broken", itemOf(`${QUESTION}<audio/>`)]);
    const imported = await importQti(bytes, systemClock);
    const steps = imported.ok ? imported.steps.map(({ id }) => id) : [];
    const lost = imported.ok ? imported.lost.map(({ path, message }) => [path, message]) : [];
    expect(steps).toEqual(["r1", "r3"]);
    expect(lost).toEqual([
      ["in/0.xml", "Left out: there is no item here for qti-hotspot-interaction"],
      ["in/2.xml", "Left out: expected well-formed XML"],
      ["in/3.xml", "Left out: sounds, films and objects, which lessons have not"],
    ]);
  });

  test("QI1: no zip, no manifest, or no items: nothing is imported", async () => {
    expect(await errorsOf(bytesOf("PK, but not a zip"))).toContain("a whole zip archive");
    expect(await errorsOf(packed([itemOf(QUESTION)]).subarray(0, 300))).not.toBe("imported");
    expect(await errorsOf(zipSync({ "a.xml": bytesOf("<a/>") }))).toContain("imsmanifest.xml");
    expect(await errorsOf(packed([]))).toContain("expected 1 to 500 items, found 0");
  });

  test("QI2: a reference out of the package finds nothing", async () => {
    const resource =
      '<resource identifier="r" type="imsqti_item_xmlv3p0" href="../../../etc/passwd"/>';
    const manifest = `<manifest><resources>${resource}</resources></manifest>`;
    const bytes = packed([], { "imsmanifest.xml": manifest });
    expect(await errorsOf(bytes)).toBe("Left out: expected this file in the package");
  });
});

describe("hostile packages", () => {
  test("ZI1: a bomb is refused while it unpacks, also if it lies about its size", () => {
    const bomb = zipSync({ "imsmanifest.xml": new Uint8Array(8 * MIB) });
    const liar = bomb.slice();
    const view = new DataView(liar.buffer);
    view.setUint32(22, 10, true);
    for (const bytes of [bomb, liar]) {
      const unpacked = unzipped(bytes, () => "text");
      expect(unpacked.ok ? "" : unpacked.message).toContain("bytes a file");
    }
  });

  test("ZI1: too much in all, or too many files, is refused", () => {
    const mib = new Uint8Array(MIB);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}.xml`, mib]));
    const all = unzipped(zipSync(many), () => "text");
    expect(all.ok ? "" : all.message).toContain("in all");
    const none = new Uint8Array(0);
    const crowd = Object.fromEntries(Array.from({ length: 2_001 }, (_, at) => [`${at}`, none]));
    const crowded = unzipped(zipSync(crowd), () => undefined);
    expect(crowded.ok ? "" : crowded.message).toBe("expected at most 2000 files");
  });

  test("ZI2: a name with .. is no place, only a name", () => {
    const unpacked = unzipped(zipSync({ "../../x.xml": bytesOf("<a/>") }), () => "text");
    expect(unpacked.ok ? [...unpacked.files.keys()] : []).toEqual(["../../x.xml"]);
  });

  test("XM1: document types and entities are refused, references are decoded once", () => {
    const laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>';
    const outside = '<!doctype a SYSTEM "file:///etc/passwd"><a/>';
    for (const text of [laughs, outside]) {
      const read = readXml(bytesOf(text));
      expect(read.ok ? "" : read.message).toContain("no document type");
    }
    const read = readXml(bytesOf('<a b="&amp;lt;">&amp;lt;&#60;&lt;</a>'));
    expect(read).toEqual({
      ok: true,
      root: { name: "a", attributes: { b: "&lt;" }, children: ["&lt;<<"] },
    });
  });

  test("XM2: elements that nest too deep are refused before they are built", () => {
    // Comments that close what stays open would deceive who counts tags in the text.
    for (const more of ["", "<!--</a>-->"]) {
      const deep = `${`<a>${more}`.repeat(50_000)}${"</a>".repeat(50_000)}`;
      const read = readXml(bytesOf(deep));
      expect(read.ok ? "" : read.message).toContain("at most 64 deep");
    }
    expect(readXml(bytesOf(`${"<a>".repeat(60)}${"</a>".repeat(60)}`)).ok).toBe(true);
  });

  test("XM2: what is not UTF-8, or names a prototype, does no harm", () => {
    const read = readXml(new Uint8Array([0x3c, 0xff, 0x3e]));
    expect(read.ok ? "" : read.message).toBe("expected UTF-8");
    const odd = readXml(bytesOf('<a><__proto__ x="1"/><constructor/></a>'));
    expect(odd.ok).toBe(false);
    expect(Reflect.get({}, "x")).toBeUndefined();
  });
});
