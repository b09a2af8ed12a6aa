/** How far the lesson is: one line that changes on a terminal, plain lines elsewhere. */

export interface Progress {
  /** Replaces what was said last, on a terminal. */
  readonly say: (line: string) => void;
  /** Stays. */
  readonly keep: (line: string) => void;
}

export function createProgress(out: NodeJS.WriteStream): Progress {
  const clear = out.isTTY ? "\r\u001b[K" : "";
  return {
    say: (line) => {
      out.write(
        out.isTTY ? `${clear}${line.slice(0, Math.max(20, out.columns - 1))}` : `${line}\n`,
      );
    },
    keep: (line) => {
      out.write(`${clear}${line}\n`);
    },
  };
}

const BAR_CHARS = 20;

/** `[#####···············]` */
export function barOf(done: number, of: number): string {
  const full = Math.round((BAR_CHARS * done) / Math.max(1, of));
  return `[${"#".repeat(full)}${"·".repeat(BAR_CHARS - full)}]`;
}
