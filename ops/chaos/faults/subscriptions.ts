/** What happens to subscriptions: cut, or open and silent, while all other connections live. */
import type { Fault } from "../fault.ts";

const BETWEEN_MS = 2_500;
/** A silent subscription is found out by its heartbeat, or by looking again. */
const SILENT_MS = 4_000;

const isSubscription = (isMarked: boolean): boolean => isMarked;

export const cutSubscriptions: Fault = {
  name: "cut-subscription",
  about: "the nodes' subscriptions at Redis are cut, then left open without a word, in turn",
  run: async ({ world, chance, isOver, rest, strike }) => {
    while (!isOver()) {
      strike(`${world.line.cut(isSubscription)} subscriptions were cut`);
      await rest(chance.between(BETWEEN_MS, 2 * BETWEEN_MS));
      strike("subscriptions fell silent");
      world.line.hold(isSubscription);
      await rest(SILENT_MS);
      world.line.cut(isSubscription);
      await rest(BETWEEN_MS);
    }
  },
};
