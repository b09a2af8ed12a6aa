/** Writing and following through faults, as the runtime does it. */
import type { ActorStore, Commit } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import { type Author, Heard } from "./author.ts";

export async function followed(store: ActorStore, author: Author): Promise<Heard> {
  const heard = new Heard();
  await store.subscribe(author.address, heard);
  return heard;
}

/** Writes on through failures; one whose outcome is unknown is looked up, as the runtime does. */
export async function writeUntil(
  store: ActorStore,
  author: Author,
  seq: number,
  changeAt: (seq: number) => Partial<Commit> = () => ({}),
): Promise<void> {
  while (author.seq < seq) {
    const next = author.seq + 1;
    const commit = author.commit({ records: [`record ${next}`], ...changeAt(next) });
    const outcome = await store.commit(author.address, commit).catch(() => undefined);
    const stored =
      outcome ?? (await eventually(async () => ({ found: await envelopeOf(store, author) })));
    if ("found" in stored ? stored.found === commit.envelope : stored.kind === "committed") {
      author.went(commit);
    }
  }
}

function envelopeOf(store: ActorStore, author: Author): Promise<string | undefined> {
  return store.load(author.address);
}

export function sum(authors: readonly Author[]): number {
  return authors.reduce((total, { seq }) => total + seq, 0);
}
