/** An effect that ends when it is told to, and counts how often it was begun. */
import type { Performer } from "../../actors/perform.ts";
import type { Message } from "../../machines/living.ts";
import type { NodeWorld } from "./node.ts";
import type { Performers } from "./plant.ts";

export class Handmade {
  readonly performers: Performers;
  begun = 0;
  #end: () => void = () => undefined;

  constructor({ outside, net }: NodeWorld) {
    const perform =
      (type: string): Performer =>
      (_, params, key) => {
        const outcome: Message = { type, text: params["text"] ?? "" };
        outside.performances.push({ key, at: net.schedule.now });
        outside.outcomes.set(key, outcome);
        this.begun += 1;
        return new Promise((resolve) => {
          this.#end = () => resolve(outcome);
        });
      };
    this.performers = { echo: perform("echoed"), charge: perform("charged") };
  }

  end(): void {
    this.#end();
  }
}
