/** What a rebuild has to say: a line while it goes on, and in the end what came of how many. */
import { addressKey } from "../../actors/address.ts";
import { REPAIRS } from "../../actors/repair.ts";
import type { Wished } from "./dry-run.ts";
import type { Rebuilt } from "./rebuild.ts";

/** Of each kind; whoever has more of them reads the log of one at a time. */
const NAMED_MAX = 50;

const MEANINGS: Readonly<Record<Rebuilt["came"], string>> = {
  sound: "were as they should be",
  asleep: "had left the store meanwhile; the journal has them",
  mended: "were built again, with all that is known to have been acknowledged",
  lossy: "were built again without what could not be proved, as you asked",
  quarantined: "are kept apart: something acknowledged is missing",
  absent: "were announced, and neither the journal nor the store has a record of them",
  failed: "could not be judged",
};
/** Of a dry run: what would have come of them. */
const WOULD: Partial<typeof MEANINGS> = {
  mended: "would be built again, with all that is known to have been acknowledged",
  lossy: "would be built again without what cannot be proved",
  quarantined: "would be kept apart, or are so already: something acknowledged is missing",
};
/** Named one by one, with the reason. */
const NAMED: readonly Rebuilt["came"][] = ["lossy", "quarantined", "absent", "failed"];

export class Summary {
  /** What a dry run would have written, as far as it came. */
  wished: Wished | undefined;
  readonly #meanings: typeof MEANINGS;
  readonly #counts = new Map<Rebuilt["came"], number>();
  readonly #named = new Map<Rebuilt["came"], string[]>();

  constructor(isDry = false) {
    this.#meanings = isDry ? { ...MEANINGS, ...WOULD } : MEANINGS;
  }

  add({ address, came, why }: Rebuilt): void {
    this.#counts.set(came, this.count(came) + 1);
    const named = this.#named.get(came) ?? [];
    if (NAMED.includes(came) && named.length < NAMED_MAX) {
      named.push(`  ${addressKey(address)}${why === undefined ? "" : `: ${why}`}`);
      this.#named.set(came, named);
    }
  }

  count(came: Rebuilt["came"]): number {
    return this.#counts.get(came) ?? 0;
  }

  get all(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Nothing is kept apart, and everything could be judged. */
  get isWhole(): boolean {
    return this.count("quarantined") === 0 && this.count("failed") === 0;
  }

  /** One line, while it goes on. */
  progress(): string {
    const parts = [...this.#counts].map(([came, count]) => `${count} ${came}`);
    return `${this.all} actors${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
  }

  lines(): readonly string[] {
    const kinds = [...REPAIRS, "failed" as const].filter((came) => this.count(came) > 0);
    const lines = kinds.flatMap((came) => {
      const named = this.#named.get(came) ?? [];
      const more = this.count(came) - named.length;
      const rest = NAMED.includes(came) && more > 0 ? [`  and ${more} more`] : [];
      return [`${this.count(came)} ${came}: ${this.#meanings[came]}`, ...named, ...rest];
    });
    return this.wished === undefined ? lines : [...lines, wishedLine(this.wished)];
  }
}

function wishedLine({ records, envelopes, actors }: Wished): string {
  return (
    `Nothing was written. It would have been ${records} records and ${envelopes} envelopes ` +
    `to the journal, and ${actors} actors to the store.`
  );
}
