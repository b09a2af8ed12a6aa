/**
 * A question that many ask at once, and that is put once for all of them.
 *
 * Invariant: an answer is never older than the asking: whoever asks while an answer is on its way
 * gets the next one, which is asked for after all who wait for it have come.
 */

export class SharedQuestion<Answer> {
  readonly #put: () => Promise<Answer>;
  #under: Promise<unknown> = Promise.resolve();
  #next: Promise<Answer> | undefined;

  constructor(put: () => Promise<Answer>) {
    this.#put = put;
  }

  ask(): Promise<Answer> {
    this.#next ??= this.#under.then(() => {
      this.#next = undefined;
      const answer = this.#put();
      this.#under = answer.catch(() => undefined);
      return answer;
    });
    return this.#next;
  }
}
