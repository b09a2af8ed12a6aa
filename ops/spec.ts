/**
 * The specification: `bun run spec` prints every rule that a header promises, and the tests that
 * are named by it. What is missing on either side is said at the end, and fails.
 */
import { type Place, loose, promisesOf, proofsOf } from "./source/citations.ts";
import { projectFiles } from "./source/files.ts";

const files = projectFiles(`${import.meta.dir}/..`);
const promises = promisesOf(files);
const proofs = proofsOf(files);

for (const promise of promises.toSorted(byId)) {
  console.log(`${promise.id}: ${promise.says}  (${promise.path}:${promise.line})`);
  for (const proof of proofs.filter((each) => each.id === promise.id)) {
    console.log(`    ✓ ${proof.says}  (${proof.path}:${proof.line})`);
  }
}
const missing = loose(promises, proofs);
const ids = new Set(promises.map((promise) => promise.id));
console.log(
  `\n${ids.size} rules, ${proofs.length} tests named by them, ${missing.length} loose ends`,
);
for (const sentence of missing) {
  console.log(`  ${sentence}`);
}
process.exitCode = missing.length === 0 ? 0 : 1;

/** By letters, then by number: C2 before C12. */
function byId(a: Place, b: Place): number {
  const [, aLetters = "", aNumber = ""] = /^([A-Z]+)(\d+)$/.exec(a.id) ?? [];
  const [, bLetters = "", bNumber = ""] = /^([A-Z]+)(\d+)$/.exec(b.id) ?? [];
  return aLetters.localeCompare(bLetters) || Number(aNumber) - Number(bNumber);
}
