/**
 * `Connection: close`, said in the answer to whoever asked for it (RFC 9112, 9.6).
 *
 * Bun closes without a word, and old clients then fail on every second request.
 */

/** Also unasked, where this side wants the connection to end. */
export function withClosing(request: Request, response: Response, ends: boolean): Response {
  const asked = request.headers.get("connection")?.toLowerCase().split(",") ?? [];
  if (ends || asked.some((word) => word.trim() === "close")) {
    response.headers.set("connection", "close");
  }
  return response;
}
