/** What the pages read of a session's report, and of the whole items that it has for hosts. */
import type { Item } from "../../machines/learning-session/item.ts";
import { usualWeights } from "./key-draft.ts";
import type { Answer, AskedQuestion, Key, Question } from "./view.ts";

export interface ReportDocument {
  readonly session: { readonly id: string; readonly title: string; readonly language: string };
  readonly rounds: readonly {
    readonly roundId: string;
    readonly item: Item;
    readonly counts: Readonly<Record<string, number>> | null;
    /** Null: the class was asked. */
    readonly group?: { readonly groupId: string; readonly name: string } | null;
  }[];
  readonly participants: readonly {
    readonly participantId: string;
    readonly name: string;
    readonly points: number | null;
    readonly attendance: string | null;
    readonly attendanceMarked?: boolean;
    readonly attendanceMeasured?: string | null;
    readonly answers: readonly {
      readonly roundId: string;
      readonly answer: Answer | null;
      readonly correct: boolean | null;
      readonly points: number;
      readonly graded?: boolean;
      readonly comment?: string | null;
    }[];
  }[];
  readonly questions?: readonly AskedQuestion[];
  readonly groups?: readonly {
    readonly groupId: string;
    readonly name: string;
    readonly share: number | null;
    readonly members: readonly { readonly participantId: string; readonly name: string }[];
  }[];
  /** The class that it was for, with whoever of it never came. */
  readonly class?: {
    readonly expected: readonly {
      readonly userId: string;
      readonly name: string;
      readonly attendance: string | null;
    }[];
  } | null;
}

/** A student's: his row, and rounds without a key where none was revealed. */
export interface OwnReport {
  readonly rounds: readonly {
    readonly roundId: string;
    readonly item: Pick<Question, "prompt" | "choices" | "items"> & { readonly points?: number };
  }[];
  readonly participants: ReportDocument["participants"];
}

export type ReportRow = ReportDocument["participants"][number];
export type ReportRound = ReportDocument["rounds"][number];
export type ReportAnswer = ReportRow["answers"][number];

/** The key of an item that a teacher may see whole. */
export function keyOfItem(item: Item): Key | null {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice": {
      const choices = item.choices.filter(({ correct }) => correct).map(({ id }) => id);
      const usual = usualWeights(item, choices);
      const weights = item.choices.map(({ id, weight }) => [id, weight ?? usual[id] ?? 0] as const);
      return { choices, weights: Object.fromEntries(weights) };
    }
    case "true-false":
      return { value: item.correct };
    case "short-text":
    case "numeric":
      return { accepted: item.accepted };
    case "matching":
      return { pairs: Object.fromEntries(item.pairs.map(({ left, right }) => [left, right])) };
    case "ordering":
      return { order: item.items.map(({ id }) => id) };
    case "poll":
    case "open-text":
      return null;
  }
}
