/** Every rule is proved: by a scenario with its number, or by tests where the table says. */
import { describe, expect, test } from "bun:test";
import { proofsOf } from "../../ops/source/citations.ts";
import { projectFiles } from "../../ops/source/files.ts";
import { type Proof, RULES } from "./rules.ts";

const proofs = proofsOf(projectFiles(`${import.meta.dir}/../..`));

function isProved(id: string, proof: Proof): boolean {
  const here = proofs.filter((each) => each.id === id);
  switch (proof.by) {
    case "scenario":
      return here.some(({ path }) => path.startsWith("test/sim/scenarios/"));
    case "test":
      return here.some(({ path }) => path === proof.file);
    case "nothing":
      return proof.missing !== "";
  }
}

describe("the rules", () => {
  test("are C1 to C27, without a gap", () => {
    const ids = Array.from({ length: 27 }, (_, index) => `C${index + 1}`);

    expect(Object.keys(RULES)).toEqual(ids);
  });

  test.each(Object.entries(RULES))("%s has the proof that the table names", (id, proof) => {
    expect(isProved(id, proof)).toBe(true);
  });

  test("with a scenario are in the table as such", () => {
    const played = proofs.filter(({ path }) => path.startsWith("test/sim/scenarios/"));
    const tabled = Object.entries(RULES).filter(([, { by }]) => by === "scenario");

    expect([...new Set(played.map(({ id }) => id))].toSorted()).toEqual(
      tabled.map(([id]) => id).toSorted(),
    );
  });
});
