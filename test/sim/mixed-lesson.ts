/**
 * The learning session in its two versions, on nodes of which some read only the first: a lesson in
 * which the class also asks, upvotes and reacts, as soon as its session is of the second.
 */
import { sessionMachine, sessionMachine1 } from "../../machines/learning-session/machine.ts";
import type { Message } from "../../machines/living.ts";
import { lessonWorkload } from "./lesson-workload.ts";
import type { Asked, Workload } from "./workload.ts";

const TALK_CHANCE = 0.3;

export const mixedLesson: Workload = {
  ...lessonWorkload,
  lineage: [sessionMachine1, sessionMachine],
  wish: (asked) => (asked.chance.happens(TALK_CHANCE) ? talk(asked) : lessonWorkload.wish(asked)),
};

function talk({ chance, by, heard }: Asked): Message {
  const asked = heard.findLast(({ message }) => message.type === "question.ask");
  const questionId = `q${asked?.seq ?? 1}`;
  const wishes: readonly Message[] =
    by.kind === "user"
      ? [
          { type: "question.pin", questionId },
          { type: "question.resolve", questionId },
          { type: "question.unpin", questionId },
          { type: "question.remove", questionId },
          { type: "floor.set", floor: chance.pick(["open", "open", "muted"]) },
        ]
      : [
          { type: "question.ask", text: "Why?" },
          { type: "question.upvote", questionId },
          { type: "reaction.send", emoji: "clap" },
          { type: "presence.set", away: chance.pick([true, false]) },
        ];
  return chance.pick(wishes);
}
