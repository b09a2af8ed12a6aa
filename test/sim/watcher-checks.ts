/**
 * Checks of watchers: each heard every record after the one it began at, once, in order, and the
 * last of them when everything has come to rest.
 */
import { encodeRecord } from "../../actors/envelope.ts";
import type { Finding } from "./checks.ts";
import type { ActorEvidence, Evidence } from "./evidence.ts";
import type { Watched } from "./history.ts";

export function checkWatchers({ actors, history }: Evidence): readonly Finding[] {
  return actors.flatMap((actor) => [
    ...history.watched
      .filter(({ address }) => address.id === actor.address.id)
      .flatMap((watched) => contiguous(actor, watched)),
    ...late(actor),
  ]);
}

function contiguous({ log }: ActorEvidence, watched: Watched): readonly Finding[] {
  const say = (detail: string): readonly Finding[] => [
    { check: "watchers hear everything, in order", detail: `${watched.name}: ${detail}` },
  ];
  for (const [index, record] of watched.heard.entries()) {
    const expected = watched.begunAt + 1 + index;
    if (record.seq !== expected) {
      return say(`expected record ${expected}, heard ${record.seq}`);
    }
    if (log[record.seq - 1]?.line !== encodeRecord(record)) {
      return say(`record ${record.seq} is not the log's`);
    }
  }
  return [];
}

function late({ address, log, watchers }: ActorEvidence): readonly Finding[] {
  return [...watchers].flatMap(([name, last]): Finding[] =>
    last === log.length
      ? []
      : [
          {
            check: "watchers hear everything, in order",
            detail: `${name} of ${address.id} is at ${last} of ${log.length} after the rest`,
          },
        ],
  );
}
