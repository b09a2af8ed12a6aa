/** Instants on the wire: RFC 3339 UTC with milliseconds. */

export function instantOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
