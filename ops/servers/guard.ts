/**
 * A guard: the end of a process that we started, also when we are killed ourselves.
 *
 * A shell waits for the end of its input, which is our end, and then kills what it guards.
 */

/** A signal to the whole group must not end the guard before it has done its work. */
const DEAF = "trap '' INT TERM HUP";

/** SIGKILL for `child` as soon as this process is gone. */
export function endWithUs(child: Bun.Subprocess): void {
  const guard = startGuard(`kill -9 ${child.pid}`);
  void child.exited.then(() => guard.kill("SIGKILL"));
}

/** Runs `script` as soon as this process is gone, unless the guard is killed before. */
export function startGuard(script: string, args: readonly string[] = []): Bun.Subprocess {
  const guard = Bun.spawn(["sh", "-c", `${DEAF}; read _; ${script}`, "toolboxai-guard", ...args], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  });
  guard.unref();
  return guard;
}
