/** Pictures: what goes out is made here, whatever came in. */
import { expect, test } from "bun:test";
import { PICTURE_BYTES_MAX, readPicture } from "../../src/content/picture.ts";

const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

function plain(width: number, height: number): Bun.Image {
  return new Bun.Image(DOT).resize(width, height);
}

/** A JPEG with a segment of EXIF: turned by a quarter, and with where it was taken. */
async function photo(width: number, height: number): Promise<Uint8Array> {
  const jpeg = Buffer.from(await plain(width, height).jpeg().bytes());
  const orientation = Buffer.from("4d4d002a00000008000101120003000000010006000000000000", "hex");
  const exif = Buffer.concat([
    Buffer.from("Exif\0\0"),
    orientation,
    Buffer.from("GPS 47.37N 8.54E"),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  const end = Buffer.from("BEHIND ITS END");
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2), end]);
}

async function whyOf(bytes: Uint8Array): Promise<string> {
  const read = await readPicture(bytes);
  return read.ok ? "ok" : read.why;
}

test("PC1: a photo comes out upright, as WebP, without where it was taken", async () => {
  const sent = await photo(640, 480);
  expect(Buffer.from(sent).includes("47.37N")).toBe(true);

  const read = await readPicture(sent);

  const picture = read.ok ? read.picture : undefined;
  expect(picture).toMatchObject({ mediaType: "image/webp", width: 480, height: 640 });
  const bytes = Buffer.from(picture?.bytes ?? []);
  expect((await new Bun.Image(bytes).metadata()).format).toBe("webp");
  for (const said of ["47.37N", "Exif", "EXIF", "BEHIND"]) {
    expect(bytes.includes(said)).toBe(false);
  }
});

test("PC1: large pictures are fitted, small ones stay, and the same has the same id", async () => {
  const [large, small, again] = await Promise.all([
    plain(4_000, 1_000).png().bytes().then(readPicture),
    plain(20, 10).webp().bytes().then(readPicture),
    plain(20, 10).webp().bytes().then(readPicture),
  ]);

  expect(large).toMatchObject({ picture: { width: 2_000, height: 500 } });
  expect(small).toMatchObject({ picture: { width: 20, height: 10 } });
  expect(again).toEqual(small);
});

test("PC1: a picture of noise in the largest size is kept within a mebibyte", async () => {
  const side = 2_000;
  const row = Buffer.alloc(side * 3 * side);
  let seed = 7;
  for (let at = 0; at < row.length; at += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    row[at] = seed >> 16;
  }
  const head = Buffer.alloc(54);
  head.write("BM");
  head.writeUInt32LE(54 + row.length, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(side, 18);
  head.writeInt32LE(side, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  const noise = await new Bun.Image(Buffer.concat([head, row])).jpeg({ quality: 95 }).bytes();
  expect(noise.length).toBeLessThan(PICTURE_BYTES_MAX);

  const read = await readPicture(noise);

  const kept = read.ok ? read.picture.bytes.length : 0;
  expect([read.ok ? "ok" : read.why, kept <= 1024 * 1024]).toEqual(["ok", true]);
}, 20_000);

test.each([
  ["text", Buffer.from("hello")],
  [
    "a drawing with a script",
    Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
  ],
  ["a GIF", Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64")],
  ["nothing", Buffer.alloc(0)],
  ["PDF", Buffer.from("%PDF-1.7")],
])("PC2: %s is no picture", async (_, bytes) => {
  expect(await whyOf(bytes)).toBe("unknown");
});

test("PC2: what only begins like a picture is broken", async () => {
  const png = await plain(50, 50).png().bytes();
  expect(await whyOf(png.slice(0, 40))).toBe("broken");
  expect(await whyOf(Buffer.concat([png.slice(0, 8), Buffer.alloc(100)]))).toBe("broken");
});

test("PC2: a picture that would fill the memory is refused by what it says of itself", async () => {
  const png = Buffer.from(await plain(50, 50).png().bytes());
  png.writeUInt32BE(6_000, 16);
  png.writeUInt32BE(6_000, 20);
  png.writeUInt32BE(Bun.hash.crc32(png.subarray(12, 29)), 29);

  expect(await whyOf(png)).toBe("too-large");
});

test("PC3: of many at once few wait and the others are told, and then there is room again", async () => {
  const bytes = await plain(400, 400).png().bytes();

  const all = await Promise.all(Array.from({ length: 20 }, () => whyOf(bytes)));

  expect(all.filter((why) => why === "ok")).toHaveLength(8);
  expect(all.filter((why) => why === "busy")).toHaveLength(12);
  expect(await whyOf(bytes)).toBe("ok");
});
