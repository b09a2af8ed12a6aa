/** What happens to Postgres: stopped as `-m immediate` does, and recovered. */
import type { Fault } from "../fault.ts";

const AWAY_MS = 500;
const BETWEEN_MS = 2_500;

export const crashedPostgres: Fault = {
  name: "crash-postgres",
  about: "an immediate stop of Postgres every few seconds, started again",
  run: async ({ world, chance, isOver, rest, strike }) => {
    while (!isOver()) {
      strike("an immediate stop of Postgres");
      await world.postgres.crash();
      await rest(AWAY_MS);
      await world.postgres.restart();
      await rest(chance.between(BETWEEN_MS, 2 * BETWEEN_MS));
    }
  },
};
