/** Origins: which pages may open a channel. Programs send no `Origin`, and pass. */

/** Same origin as the request's own host, or configured; browsers do not check WebSockets. */
export function isOriginAllowed(request: Request, corsOrigins: readonly string[]): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || corsOrigins.includes(origin)) {
    return true;
  }
  const host = request.headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}
