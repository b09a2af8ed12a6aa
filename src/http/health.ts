/** Health: alive is answering at all; ready is being able to keep promises. */
import { Type } from "@sinclair/typebox";
import { problem } from "../problem.ts";
import { no, ok } from "./answer.ts";
import type { AppParts, ReadyCheck } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

/** A balancer asks again sooner than this. */
const CHECK_TIMEOUT_MS = 2_000;

const Alive = Type.Object({ status: Type.Literal("ok") });
const Ready = Type.Object({
  status: Type.Literal("ready"),
  checks: Type.Record(Type.String(), Type.Literal("ok")),
  acknowledged: Type.Union([Type.Literal("durable"), Type.Literal("unsafe")]),
});

export function healthRoutes(parts: AppParts): readonly Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/livez",
      access: "open",
      docs: {
        tag: "Health",
        summary: "Is the process alive?",
        answers: { 200: { description: "It is.", schema: Alive, example: { status: "ok" } } },
      },
      handle: async () => ok({ status: "ok" }),
    }),
    defineRoute({
      method: "GET",
      path: "/readyz",
      access: "open",
      docs: {
        tag: "Health",
        summary: "May this node be sent work?",
        answers: {
          200: {
            description: "It may.",
            schema: Ready,
            example: {
              status: "ready",
              checks: { postgres: "ok", store: "ok", durability: "ok" },
              acknowledged: "durable",
            },
          },
        },
        problems: ["unavailable", "draining"],
      },
      async handle() {
        if (parts.isDraining()) {
          return no(problem("draining", "Not ready: this node is shutting down."));
        }
        const failed = await failedChecks(parts);
        if (failed.length > 0) {
          return no(problem("unavailable", `Not ready: ${failed.join(", ")}.`));
        }
        const checks = Object.fromEntries(parts.checks.map(({ name }) => [name, "ok"]));
        const acknowledged = parts.isDurable() ? "durable" : "unsafe";
        return ok({ status: "ready", checks, acknowledged });
      },
    }),
  ];
}

async function failedChecks(parts: AppParts): Promise<readonly string[]> {
  const outcomes = await Promise.all(parts.checks.map((check) => passes(parts, check)));
  return parts.checks.filter((_, index) => outcomes[index] !== true).map(({ name }) => name);
}

async function passes({ clock, log }: AppParts, check: ReadyCheck): Promise<boolean> {
  let stop: () => void = () => undefined;
  const late = new Promise<boolean>((resolve) => {
    stop = clock.after(CHECK_TIMEOUT_MS, () => resolve(false));
  });
  const answered = check.check().then(
    () => true,
    (error: unknown) => {
      log.warn("ready.check-failed", { name: check.name, error });
      return false;
    },
  );
  const passed = await Promise.race([answered, late]);
  stop();
  return passed;
}
