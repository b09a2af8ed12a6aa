/** Classes as a teacher's pages have them: read, changed, and started sessions for. */
import { useEffect, useState } from "react";
import type { Client } from "../client/client.ts";
import { useWork } from "./session.ts";

const PAGE = 200;

export interface SchoolClass {
  readonly id: string;
  readonly title: string;
  readonly visibility: "private" | "school";
  readonly members: number;
  readonly mayChange: boolean;
  readonly archivedAt: string | null;
}

export interface Student {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

export interface Items<T> {
  readonly items: readonly T[];
}

/** Those that are not archived, or those that are. */
export function useClasses(client: Client, isArchived = false) {
  const [classes, setClasses] = useState<readonly SchoolClass[]>();
  const work = useWork();
  const load = async (): Promise<void> => {
    const path = `/classes?limit=${PAGE}${isArchived ? "&archived=true" : ""}`;
    setClasses((await client.http.get<Items<SchoolClass>>(path)).items);
  };
  useEffect(() => work.run(load), [isArchived]);
  return { classes, error: work.error };
}
