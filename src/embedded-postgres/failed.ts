/** What the embedded Postgres says when it cannot: one sentence, with what to do. */

export class EmbeddedPostgresFailed extends Error {
  override readonly name = "EmbeddedPostgresFailed";
  readonly kind = "embedded-postgres.failed";
  readonly retry = "never";
}

/** The `code` of an error of the operating system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
