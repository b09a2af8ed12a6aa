/** An envelope as it is written: whole, or in parts that go one behind the other. */

/** Of its checksum, with which each part begins. */
const PART_ID_CHARS = 16;

/** What is written of an envelope: all of it, or behind what is stored of it what has changed. */
export interface WrittenEnvelope {
  readonly envelope: string;
  /** The id of the part behind which it goes; if another is the last, it is a conflict. */
  readonly on?: string;
}

/** What tells the parts of an actor's envelope, the whole one and those behind it, from another. */
export function partIdOf(part: string): string {
  const begins = part.startsWith("\n") ? 1 : 0;
  return part.slice(begins, begins + PART_ID_CHARS);
}
