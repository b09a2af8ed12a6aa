/** Live counters: absolute, lossy, and also in the view. */
import type { Counter } from "../living.ts";
import { type Round, type SessionContext, own } from "./context.ts";
import { focused } from "./group-focus.ts";
import { countsIn } from "./marking.ts";
import { isConnected } from "./participant.ts";
import { isAsked, isOfAudience, phaseOf } from "./round.ts";

export function countersOf(context: SessionContext): readonly Counter[] {
  const presence: Counter = {
    of: "presence",
    to: ["hosts", "class", "board"],
    fields: presenceOf(context),
  };
  const { floor, round } = context;
  const reactions: Counter[] =
    floor === undefined
      ? []
      : [{ of: "reactions", to: presence.to, fields: { counts: { ...floor.reactions } } }];
  const ofGroups = groupCounters(context);
  if (round === null) {
    return [presence, ...reactions, ...ofGroups];
  }
  const { roundId } = round;
  return [
    presence,
    ...reactions,
    {
      of: "answers",
      to: ["hosts", "class", "board"],
      fields: { roundId, ...answeredOf(context, round) },
    },
    {
      of: "counts",
      to: phaseOf(round) === "revealed" ? ["hosts", "class", "board"] : ["hosts"],
      fields: { roundId, counts: countsIn(context, round) },
    },
    ...ofGroups,
  ];
}

/** Those of a group's round are hosts' alone: an audience is the whole class or nobody of it. */
function groupCounters(context: SessionContext): readonly Counter[] {
  return (context.grouping?.groups ?? []).flatMap((group): readonly Counter[] => {
    const inner = focused(context, group);
    const { round } = inner;
    if (round === null) {
      return [];
    }
    const { roundId } = round;
    return [
      { of: "answers", to: ["hosts"], fields: { roundId, ...answeredOf(inner, round) } },
      { of: "counts", to: ["hosts"], fields: { roundId, counts: countsIn(inner, round) } },
    ];
  });
}

export function presenceOf(context: SessionContext) {
  const admitted = context.participants.filter((row) => row.status === "admitted");
  const connected = admitted.filter(isConnected).length;
  return { connected, admitted: admitted.length };
}

/** Expected are the admitted who were asked and are connected, and whoever has answered. */
export function answeredOf(context: SessionContext, round: Round) {
  const answered = Object.keys(round.answers).length;
  const silent = context.participants.filter(
    (row) =>
      row.status === "admitted" &&
      isConnected(row) &&
      isAsked(round, row.participantId) &&
      isOfAudience(round, row.participantId) &&
      own(round.answers, row.participantId) === undefined,
  ).length;
  return { answered, expected: answered + silent };
}
