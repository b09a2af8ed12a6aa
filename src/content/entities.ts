/**
 * Character references of HTML: `&eacute;`, `&#233;` and `&#xe9;` are é.
 *
 * Owns the names that question banks use: Latin-1, and common punctuation and mathematics. A name
 * that is not here stays as it is written, which Markdown understands too.
 */

/** Code points 160 to 255, in order. */
const LATIN_1 =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn " +
  "sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave " +
  "Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml " +
  "ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN " +
  "szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave " +
  "iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc " +
  "uuml yacute thorn yuml";

const OTHERS = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  sbquo: "‚",
  ldquo: "“",
  rdquo: "”",
  bdquo: "„",
  hellip: "…",
  bull: "•",
  euro: "€",
  trade: "™",
  prime: "′",
  larr: "←",
  uarr: "↑",
  rarr: "→",
  darr: "↓",
  harr: "↔",
  rArr: "⇒",
  hArr: "⇔",
  forall: "∀",
  exist: "∃",
  isin: "∈",
  cap: "∩",
  cup: "∪",
  sub: "⊂",
  sup: "⊃",
  minus: "−",
  radic: "√",
  infin: "∞",
  sum: "∑",
  prod: "∏",
  int: "∫",
  asymp: "≈",
  ne: "≠",
  equiv: "≡",
  le: "≤",
  ge: "≥",
  alpha: "α",
  beta: "β",
  gamma: "γ",
  Gamma: "Γ",
  delta: "δ",
  Delta: "Δ",
  epsilon: "ε",
  eta: "η",
  theta: "θ",
  lambda: "λ",
  mu: "μ",
  pi: "π",
  Pi: "Π",
  rho: "ρ",
  sigma: "σ",
  Sigma: "Σ",
  tau: "τ",
  phi: "φ",
  chi: "χ",
  psi: "ψ",
  omega: "ω",
  Omega: "Ω",
  OElig: "Œ",
  oelig: "œ",
  Scaron: "Š",
  scaron: "š",
  Yuml: "Ÿ",
};

const NAMES: ReadonlyMap<string, string> = new Map([
  ...LATIN_1.split(" ").map((name, index): [string, string] => [
    name,
    String.fromCodePoint(160 + index),
  ]),
  ...Object.entries(OTHERS),
]);

const REFERENCE = /&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g;
/** How much of what follows a reference may be asked for. */
const REST_CHARS = 40;

/** Every known reference, decoded once; `keep` may hold one back, given what it stands for. */
export function decodeEntities(
  text: string,
  keep: (decoded: string, rest: string) => boolean = () => false,
): string {
  return text.replace(REFERENCE, (reference: string, body: string, at: number) => {
    const decoded = decodedOf(body);
    const from = at + reference.length;
    const rest = text.slice(from, from + REST_CHARS);
    return decoded === undefined || keep(decoded, rest) ? reference : decoded;
  });
}

function decodedOf(body: string): string | undefined {
  if (!body.startsWith("#")) {
    return NAMES.get(body);
  }
  const point = /^#x/i.test(body) ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
  return isCharacter(point) ? String.fromCodePoint(point) : "\ufffd";
}

/** Controls other than tab and line feed, halves of surrogate pairs and noncharacters are none. */
function isCharacter(point: number): boolean {
  return (
    (point >= 0x20 && point < 0x7f) ||
    point === 0x09 ||
    point === 0x0a ||
    (point >= 0xa0 && point < 0xd800) ||
    (point >= 0xe000 && point <= 0x10_ffff && (point & 0xfffe) !== 0xfffe)
  );
}
