/** What this browser keeps for a page from one visit to the next. */

/** Undefined where a browser keeps nothing: then tokens live as long as the page. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch (error) {
    return undefinedFor(error);
  }
}

export function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, value);
    }
  } catch (error) {
    undefinedFor(error);
  }
}

function undefinedFor(error: unknown): undefined {
  if (error instanceof DOMException) {
    return undefined;
  }
  throw error;
}
