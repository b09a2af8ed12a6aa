/** What tests of rounds do over and over. */
import type { Principal } from "../../machines/principal.ts";
import { type Classroom, HOST } from "./classroom.ts";
import { leafIn } from "./state.ts";

export const MINUTE = 60_000;

export function open(room: Classroom, fields: Record<string, string | number | null> = {}): string {
  room.must(HOST, { type: "round.open", stepId: "single", limitMs: 30_000, ...fields });
  return room.roundId;
}

export function submit(room: Classroom, by: Principal, answer: object = { choice: "a" }): string {
  return room.verdict(by, { type: "answer.submit", roundId: room.roundId, answer: { ...answer } });
}

export function draft(room: Classroom, by: Principal, answer: object = { choice: "a" }): string {
  return room.verdict(by, { type: "draft.save", roundId: room.roundId, answer: { ...answer } });
}

export function activity(room: Classroom): string {
  return leafIn(room.living.state, "activity");
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Closed, locked and scored. */
export function finish(room: Classroom): void {
  room.must(HOST, { type: "round.close", roundId: room.roundId });
  room.pass(1_500);
}

export function reveal(room: Classroom): void {
  finish(room);
  room.must(HOST, { type: "round.reveal", roundId: room.roundId });
}

export function words(room: Classroom): readonly string[] {
  return room.told.flatMap(({ stepped }) =>
    stepped.kind === "accepted" ? stepped.facts.map(({ type }) => type) : [],
  );
}

/** Who has answered what in the current round. */
export function answers(room: Classroom): Readonly<Record<string, unknown>> {
  return { ...room.context.round?.answers };
}
