/** How many files and sockets a process may have open, and whether a storm fits. */

/** Everything else that a node or the class has open. */
const OTHERS = 500;

/** Of this process, and of what it starts: the soft limit. */
export function openFilesMax(): number {
  const said = Bun.spawnSync(["sh", "-c", "ulimit -n"]).stdout.toString().trim();
  return said === "unlimited" ? Number.POSITIVE_INFINITY : Number(said);
}

/**
 * A sentence, when so many sockets would not fit. A node may meet those that come back before it
 * has seen those that left go.
 */
export function tooFewFor(
  sockets: number,
  { nodes, max }: { readonly nodes: number; readonly max: number },
): string | undefined {
  const needed = Math.max(sockets, Math.ceil((2 * sockets) / nodes)) + OTHERS;
  if (max >= needed) {
    return undefined;
  }
  const fitting = Math.max(0, Math.floor(((max - OTHERS) * Math.min(nodes, 2)) / 2));
  return (
    `--sockets ${sockets} needs ${needed} open files a process, and ${max} are allowed: raise the ` +
    `limit (ulimit -Hn ${needed}, in a service LimitNOFILE), or ask for ${fitting} sockets at most`
  );
}
