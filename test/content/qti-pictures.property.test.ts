/** Pictures in packages of QTI 3: out and in again, and what becomes of those that are none. */
import { beforeAll, describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { zipSync } from "fflate";
import type { Step } from "../../machines/learning-session/item.ts";
import { pictureIdOf, readPicture } from "../../src/content/picture.ts";
import { picturesIn, withoutPictures } from "../../src/content/picture-marks.ts";
import { exportQti } from "../../src/content/qti-export.ts";
import { PICTURES_MAX, type TakePicture } from "../../src/content/qti-pictures.ts";
import { importQti } from "../../src/content/qti.ts";
import { unzipped } from "../../src/content/zip.ts";
import { systemClock } from "../../src/platform.ts";

const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
const MIB = 1024 * 1024;
const HOW_MANY = 3;

/** A school that knows what it has sent. */
const takeKnown: TakePicture = (bytes) => Promise.resolve({ id: pictureIdOf(bytes) });
/** A school that sees each for the first time. */
const takeNew: TakePicture = async (bytes) => {
  const read = await readPicture(bytes);
  return read.ok ? { id: read.picture.id } : { why: read.why };
};

const pictures = new Map<string, Uint8Array>();
beforeAll(async () => {
  for (let side = 1; side <= HOW_MANY; side += 1) {
    const read = await readPicture(await new Bun.Image(DOT).resize(side, 2).png().bytes());
    if (read.ok) {
      pictures.set(read.picture.id, read.picture.bytes);
    }
  }
});

const shown = fc.tuple(
  fc.nat({ max: HOW_MANY }),
  fc.constantFrom("a leaf", "", "1 < 2", 'é & "q"'),
);
const text = fc
  .array(fc.oneof(shown, fc.constantFrom("Look: ", "**at** ", "\n\n", "- one\n- ", "2 * 3 ")), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.map(written).join("").trim())
  .filter((each) => each !== "");

function written(part: string | [number, string]): string {
  if (typeof part === "string") {
    return part;
  }
  const [at, alt] = part;
  // The last is an id that the school has not.
  return `![${alt}](media:${[...pictures.keys()][at] ?? "gone"})`;
}

const anySteps = fc
  .tuple(text, text, text, text)
  .map(([body, prompt, choice, explanation]): readonly Step[] => [
    { id: "s1", kind: "content", title: "T", body },
    {
      ...{ id: "s2", kind: "item" },
      item: {
        ...{ kind: "single-choice", prompt, explanation },
        choices: [
          { id: "a", text: choice, correct: true, feedback: prompt },
          { id: "b", text: "B", correct: false },
        ],
      },
    },
  ]);

const lessonOf = (steps: readonly Step[]) => ({ title: "T", language: "en", tags: [], steps });

describe("pictures in packages", () => {
  test("QX2: pictures come back in their places; those that the school has not are listed", async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const { content, lost } = await exportQti(lessonOf(steps), systemClock, pictures);
        const isGone = (id: string) => !pictures.has(id);
        const left = withoutPictures(steps, isGone);
        const listed = lost.map(({ path }) => path);
        const gone = steps.flatMap((step, at) =>
          picturesIn([step]).some(isGone) ? [`/steps/${at}`] : [],
        );
        expect(listed).toEqual(gone);
        const back = await importQti(content, systemClock, takeKnown);
        expect(back).toMatchObject({ ok: true, lost: [], steps: left });
        const files = unzipped(content, (name) => (name.endsWith(".webp") ? "picture" : undefined));
        const names = files.ok ? [...files.files.keys()] : [];
        expect(names).toEqual(picturesIn(left).map((id) => `images/${id}.webp`));
      }),
      { numRuns: 60 },
    );
  });

  test("another school gives them ids of its own, also in texts that go along as they were", async () => {
    const [id = ""] = pictures.keys();
    const body = `__Look__: ![a leaf](media:${id})`;
    const steps: readonly Step[] = [{ id: "s1", kind: "content", title: "T", body }];
    const { content } = await exportQti(lessonOf(steps), systemClock, pictures);
    const take: TakePicture = () => Promise.resolve({ id: "theirs" });
    const back = await importQti(content, systemClock, take);
    expect(back).toMatchObject({ steps: [{ body: "__Look__: ![a leaf](media:theirs)" }] });
  });
});

function packed(body: string, more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const bytes = (xml: string) => new TextEncoder().encode(xml);
  const resource = '<resource identifier="r" type="imsqti_item_xmlv3p0" href="in/0.xml"/>';
  return zipSync({
    "imsmanifest.xml": bytes(`<manifest><resources>${resource}</resources></manifest>`),
    "in/0.xml": bytes(
      `<qti-assessment-item identifier="i" title="T"><qti-item-body>${body}</qti-item-body></qti-assessment-item>`,
    ),
    ...more,
  });
}

async function imported(bytes: Uint8Array) {
  const found = await importQti(bytes, systemClock, takeNew);
  const [step] = found.ok ? found.steps : [];
  const body = step?.kind === "content" ? step.body : "";
  return { body, why: (found.ok ? found.lost : found.errors).map(({ message }) => message) };
}

describe("hostile pictures", () => {
  test("QP1: a picture is one of the package: nothing from elsewhere, nothing fetched", async () => {
    for (const source of [
      "../../../../etc/passwd.png",
      "https://tracker.example/pixel.png",
      "file:///etc/passwd",
      "media:abc",
      "%ff",
      "",
    ]) {
      const { body, why } = await imported(
        packed(`<p>See <img src="${source}" alt="a leaf"/>.</p>`),
      );
      expect([source, body]).toEqual([source, "See a leaf."]);
      expect(why).toHaveLength(1);
      expect(why[0]).toContain("expected this file in the package");
    }
  });

  test("a picture of others is encoded anew, wherever it lies, also behind %20", async () => {
    const body = '<p><img src="../my%20files/a.PNG" alt="a [red] dot"/></p>';
    const found = await imported(packed(body, { "my files/a.PNG": DOT }));
    expect(found).toEqual({
      body: expect.stringMatching(/^!\[a red dot\]\(media:[0-9a-f]{32}\)$/),
      why: [],
    });
    expect(found.body).not.toContain(pictureIdOf(DOT));
  });

  test("what is called a picture and is none leaves its words, and the rest is imported", async () => {
    const body =
      '<p>See <img src="a.png" alt="one"/> <img src="b.svg" alt=""/> <img src="c.jpg" alt="&lt;b>"/></p>';
    const found = await imported(
      packed(body, {
        "in/a.png": new TextEncoder().encode("<script>alert(1)</script>"),
        "in/b.svg": new TextEncoder().encode("<svg onload='alert(1)'/>"),
        "in/c.jpg": DOT.subarray(0, 40),
      }),
    );
    expect(found.body).toBe("See one … &lt;b>");
    expect(found.why.join("\n")).toMatch(
      /a\.png: unknown\n.*b\.svg: expected this file.*\n.*c\.jpg: broken/,
    );
  });

  test("ZI1: one that is too large is left out, and a bomb is refused while it unpacks", async () => {
    const body = '<p>See <img src="a.png" alt="one"/> <img src="b.png" alt="two"/></p>';
    const large = await imported(
      packed(body, { "in/a.png": new Uint8Array(9 * MIB), "in/b.png": DOT }),
    );
    expect(large.body).toMatch(/^See one !\[two\]\(media:[0-9a-f]{32}\)$/);
    expect(large.why).toHaveLength(1);
    const bomb = await imported(packed(body, { "in/a.png": new Uint8Array(70 * MIB) }));
    expect(bomb.why.join("\n")).toMatch(/^The package: .* in all$/);
  });

  test("a package has a limit of pictures, of which the rest is listed", async () => {
    const names = Array.from({ length: PICTURES_MAX + 2 }, (_, at) => `${at}.png`);
    const body = names.map((name) => `<img src="${name}" alt="${name}"/>`).join(" ");
    const files = Object.fromEntries(names.map((name) => [`in/${name}`, DOT]));
    const { why } = await imported(packed(`<p>${body}</p>`, files));
    expect(why).toHaveLength(2);
    expect(why[0]).toContain(`at most ${PICTURES_MAX} pictures`);
  });
});
