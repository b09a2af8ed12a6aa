/**
 * The rules that keep the promises, and where each is proved: by a scenario of the simulation, or
 * by a test on the real thing, where the simulation has something else in its place.
 */

type Digit = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
export type RuleId = `C${Digit}` | `C1${0 | Digit}` | `C2${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

export type Proof =
  | { readonly by: "scenario" }
  /** What the simulation does not have, and the file whose tests do. */
  | { readonly by: "test"; readonly file: string; readonly because: string }
  /** Not kept yet; what is missing. */
  | { readonly by: "nothing"; readonly missing: string };

const SCENARIO: Proof = { by: "scenario" };

/** Total: a rule without a row does not compile. */
export const RULES: Readonly<Record<RuleId, Proof>> = {
  C1: SCENARIO,
  C2: SCENARIO,
  C3: SCENARIO,
  C4: SCENARIO,
  C5: SCENARIO,
  C6: SCENARIO,
  C7: SCENARIO,
  C8: {
    by: "test",
    file: "test/sim/mixed.test.ts",
    because: "nodes of two versions live whole histories there, not one interleaving",
  },
  C9: {
    by: "test",
    file: "test/actors/redis-faults.redis.test.ts",
    because: "the subscriber of the Redis library is not in it",
  },
  C10: SCENARIO,
  C11: SCENARIO,
  C12: {
    by: "test",
    file: "test/actors/redis-faults.redis.test.ts",
    because: "the functions inside Redis are not in it",
  },
  C13: SCENARIO,
  C14: SCENARIO,
  C15: SCENARIO,
  C16: SCENARIO,
  C17: SCENARIO,
  C18: {
    by: "test",
    file: "test/actors/redis-faults.redis.test.ts",
    because: "the settings of Redis are not in it",
  },
  C19: {
    by: "test",
    file: "test/actors/permanence.test.ts",
    because: "the text guard and Postgres are not in it",
  },
  C20: SCENARIO,
  C21: {
    by: "test",
    file: "test/http/join-code.pg.test.ts",
    because: "the codes of Postgres are not in it",
  },
  C22: SCENARIO,
  C23: SCENARIO,
  C24: { by: "test", file: "test/actors/replay.test.ts", because: "nodes run one version" },
  C25: SCENARIO,
  C26: {
    by: "test",
    file: "test/actors/sqlite-store.test.ts",
    because: "there is one process",
  },
  C27: SCENARIO,
};
