/**
 * The histories of version 2 of the session that are kept as bytes: what version 1 can hold, and
 * the floor, with questions, votes and reactions, and groups.
 */
import { sessionMachine } from "../../machines/learning-session/machine.ts";
import type { FixtureActor } from "./actor.ts";
import { ANA, BEN, LIVES, TARA, ZOE, live, scriptsOf } from "./session-1.ts";

const POLL = {
  kind: "poll",
  prompt: "Ready?",
  choices: ["a", "b"].map((id) => ({ id, text: id })),
};

export const SESSION_2 = scriptsOf(
  {
    ...LIVES,
    questions: (machine) => {
      const actor = live(machine, "questions", { questions: "open" });
      actor.say(ANA, "question.ask", { text: "Why is ½ more than ⅓?" });
      const first = asked(actor);
      actor.say(BEN, "question.upvote", first);
      actor.say(ZOE, "question.upvote", first);
      actor.say(BEN, "question.ask", { text: "Почему?" });
      actor.say(TARA, "question.pin", asked(actor));
      actor.say(TARA, "question.resolve", first);
      actor.say(ZOE, "reaction.send", { emoji: "clap" });
      actor.say(TARA, "question.unpin", asked(actor));
      actor.say(ZOE, "question.ask", { text: "???" });
      actor.say(TARA, "question.remove", asked(actor));
      return actor;
    },
    away: (machine) => {
      const actor = live(machine, "away");
      actor.say(ANA, "presence.set", { away: true });
      actor.say(BEN, "hand.raise");
      actor.say(TARA, "hand.call", { participantId: "p2" });
      actor.say(TARA, "participant.nudge", { participantId: "p1", text: "Are you there?" });
      return actor;
    },
    split: (machine) => {
      const actor = live(machine, "split");
      actor.say(TARA, "groups.plan", { strategy: "random", count: 2 });
      const [first, second] = [1, 2].map((n) => `g${actor.lines.length}-${n}`);
      actor.say(TARA, "groups.move", { participantId: "p1", groupId: first });
      actor.say(TARA, "groups.open", { durationMs: 600_000 });
      actor.say(TARA, "round.open", { item: POLL, groupId: first, limitMs: 60_000 });
      const roundId = `r${actor.lines.length}`;
      actor.say(ANA, "answer.submit", { roundId, answer: { choice: "a" } });
      actor.say(TARA, "groups.move", { participantId: "p2", groupId: second });
      actor.say(TARA, "groups.announce", { text: "Five minutes" });
      return actor;
    },
    muted: (machine) => {
      const actor = live(machine, "muted");
      actor.say(ANA, "question.ask", { text: "For the teacher alone" });
      actor.say(BEN, "reaction.send", { emoji: "heart" });
      actor.say(TARA, "floor.set", { floor: "muted" });
      return actor;
    },
  },
  sessionMachine,
);

/** A question is named after the record that asked it. */
function asked(actor: FixtureActor): { readonly questionId: string } {
  const at = actor.lines.findLastIndex((line) => line.includes('"type":"question.ask"'));
  return { questionId: `q${at + 1}` };
}
