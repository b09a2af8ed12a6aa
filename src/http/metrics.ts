/**
 * Metrics: what this node counts and measures of itself, for a Prometheus that scrapes it.
 *
 * Owns the counter of requests. Invariants:
 * 1. Labels are patterns of routes, known methods and statuses, so that nobody can make more of
 *    them by asking; nothing about a school or a person is in any.
 */
import packageJson from "../../package.json" with { type: "json" };
import { EXPOSITION_TYPE, type Family, type Sample, expose } from "./exposition.ts";
import { type Route, defineRoute } from "./route.ts";

const METHODS: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
]);

/** The route of what met none: unknown paths, other methods, preflights. */
export const NO_ROUTE = "none";

/** A number of now. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  value(): number;
}

export interface RequestCounter {
  count(method: string, route: string, status: number): void;
  samples(): readonly Sample[];
}

export function createRequestCounter(): RequestCounter {
  const counts = new Map<string, { readonly labels: Sample["labels"]; value: number }>();
  return {
    count(given, route, status) {
      const method = METHODS.has(given) ? given : "other";
      const key = `${method} ${status} ${route}`;
      const known = counts.get(key) ?? {
        labels: { method, route, status: String(status) },
        value: 0,
      };
      known.value += 1;
      counts.set(key, known);
    },
    samples: () => [...counts.values()].map((each) => ({ ...each })),
  };
}

export function metricsRoute(
  { gauges }: { readonly gauges: readonly Gauge[] },
  requests: RequestCounter,
): Route {
  return defineRoute({
    method: "GET",
    path: "/metrics",
    access: "open",
    docs: {
      tag: "Health",
      summary: "What this node measures of itself",
      description:
        "Prometheus' text format. Numbers of this node only, and nothing about schools or persons.",
      answers: { 200: { description: "Now.", also: { "text/plain": EXAMPLE } } },
    },
    handle: () => {
      const text = expose([...gauges.map(familyOf), BUILD, requestsOf(requests)]);
      return Promise.resolve({ kind: "text", type: EXPOSITION_TYPE, text });
    },
  });
}

const BUILD: Family = {
  name: "toolboxai_build_info",
  help: "Always 1; the version is a label.",
  type: "gauge",
  samples: [{ labels: { version: packageJson.version }, value: 1 }],
};

function familyOf(gauge: Gauge): Family {
  const { name, help } = gauge;
  return { name, help, type: "gauge", samples: [{ labels: {}, value: gauge.value() }] };
}

function requestsOf(requests: RequestCounter): Family {
  return {
    name: "toolboxai_http_requests_total",
    help: "HTTP requests answered, by the route's pattern; Socket.IO's are not in it.",
    type: "counter",
    samples: requests.samples(),
  };
}

const EXAMPLE = expose([
  {
    name: "toolboxai_streams",
    help: "Open streams of server-sent events.",
    type: "gauge",
    samples: [{ labels: {}, value: 2 }],
  },
  {
    ...requestsOf(createRequestCounter()),
    samples: [{ labels: { method: "GET", route: "/api/v1/me", status: "200" }, value: 41 }],
  },
]);
