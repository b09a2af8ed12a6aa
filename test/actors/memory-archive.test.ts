/** The archive in memory keeps the archive's contract. */
import { parseTenantId } from "../../machines/ids.ts";
import { archiveContract } from "../contracts/archive.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";

archiveContract("memory", async () => ({
  archive: createMemoryArchive(),
  tenantId: parseTenantId("t1"),
}));
