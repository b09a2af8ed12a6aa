/**
 * Whether a replica could take a master's place by itself, as sentences on which.
 *
 * C1: acknowledged means this primary's fsync. A replica gets it afterwards, so one that takes over
 * may lack the last commits; that is for people to decide, who know whether the master comes back.
 */
import { decodeText } from "../replies.ts";

type Send = (args: readonly string[]) => Promise<unknown>;

export async function failoverOf(send: Send): Promise<readonly string[]> {
  const nodes = decodeText(await send(["CLUSTER", "NODES"]))
    .split("\n")
    .map((line) => line.split(" "))
    .map(([id, address = "", flags = "", master]) => ({ id, address, flags, master }));
  const asked = nodes.find(({ flags }) => flags.includes("myself"));
  return nodes
    .filter(({ master, flags }) => master === asked?.id && !flags.includes("nofailover"))
    .map(({ address }) => {
      const [place] = address.split("@");
      return `expected cluster-replica-no-failover yes on ${place}, found no: a replica that takes over by itself may lack what was acknowledged`;
    });
}
