/** Addresses: what is no address is refused, and what is one comes back as it was. */
import { describe, expect, test } from "bun:test";
import { actorName, addressKey, parseActorName, parseAddressKey } from "../../actors/address.ts";
import { ADDRESS } from "../support/nodes.ts";

describe("an address", () => {
  test("comes back from its key and from its name as it was", () => {
    expect(parseAddressKey(addressKey(ADDRESS))).toEqual(ADDRESS);
    expect(parseActorName(ADDRESS.tenantId, actorName(ADDRESS))).toEqual(ADDRESS);
  });

  test("of another kind, with another part or without one is none", () => {
    for (const name of ["", "session", "session/", "pupil/s1", "session/s1/x", "session/ä"]) {
      expect(parseActorName(ADDRESS.tenantId, name)).toBeUndefined();
    }
    for (const key of ["", "t1/session", "t1/pupil/s1", "t1/session/s1/x"]) {
      expect(() => parseAddressKey(key)).toThrow();
    }
  });
});
