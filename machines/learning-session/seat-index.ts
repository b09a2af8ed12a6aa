/**
 * Where in the list of seats somebody is. Five times an answer somebody is looked for, in a class
 * of 500 too: each list is indexed once, as none ever changes.
 */

interface Seat {
  readonly participantId: string;
  /** Null: a guest. */
  readonly userId: string | null;
}

export interface SeatIndex {
  readonly byId: ReadonlyMap<string, number>;
  readonly byUser: ReadonlyMap<string, number>;
}

const INDEXES = new WeakMap<readonly Seat[], SeatIndex>();

export function indexOf(seats: readonly Seat[]): SeatIndex {
  let index = INDEXES.get(seats);
  if (index === undefined) {
    const byId = new Map<string, number>();
    const byUser = new Map<string, number>();
    seats.forEach(({ participantId, userId }, at) => {
      byId.set(participantId, at);
      if (userId !== null) {
        byUser.set(userId, at);
      }
    });
    index = { byId, byUser };
    INDEXES.set(seats, index);
  }
  return index;
}
