/** The end of every `switch` over a closed union: a new member does not compile until decided. */
export function unreachable(value: never): never {
  throw new TypeError(`a case that cannot be: ${JSON.stringify(value)}`);
}
