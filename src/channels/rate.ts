/** A bucket of permissions that refills evenly: at most so many a second, all of them at once. */
import type { Clock } from "../../actors/clock.ts";

export interface Bucket {
  /** 0: taken. Otherwise how long to wait, in ms; nothing was taken. */
  take(): number;
}

export function createBucket(clock: Clock, perSecond: number): Bucket {
  let left = perSecond;
  let filledAt = clock.now();
  return {
    take() {
      const now = clock.now();
      left = Math.min(perSecond, left + (Math.max(0, now - filledAt) * perSecond) / 1_000);
      filledAt = now;
      if (left < 1) {
        return Math.ceil(((1 - left) * 1_000) / perSecond);
      }
      left -= 1;
      return 0;
    },
  };
}
