/** What was wrong with what was sent, a line each, in the reader's language. */
import { ProblemError } from "../client/problems.ts";
import { textOfFault } from "./fault-text.ts";
import { wordFor } from "./text.ts";

export function Faults({ faults }: { readonly faults: readonly string[] }) {
  return faults.length === 0 ? null : (
    <ul className="notice notice-bad">
      {faults.map((fault) => (
        <li key={fault}>{fault}</li>
      ))}
    </ul>
  );
}

/** Empty: it was something else. */
export function faultsOf(error: unknown): readonly string[] {
  const errors = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  return [...new Set(errors.map((each) => textOfFault(each, wordFor)))];
}
