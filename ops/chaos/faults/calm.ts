/** No fault at all: what the gaps of the other rows stand beside. */
import type { Fault } from "../fault.ts";

const EVERY_MS = 3_000;

export const calm: Fault = {
  name: "calm",
  about: "nothing happens; the natural gaps of a class on this machine",
  failsNothing: true,
  run: async ({ isOver, rest, strike }) => {
    while (!isOver()) {
      await rest(EVERY_MS);
      strike("nothing");
    }
  },
};
