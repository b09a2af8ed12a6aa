/**
 * The quiz as a virtual object of Restate: one key an actor, its state in Restate, one call at a
 * time. The caller's idempotency key gives a repeated id its first result.
 */
import { createServer } from "node:http2";
import * as restate from "@restatedev/restate-sdk";
import { NEW, judge } from "./quiz.mjs";

const quiz = restate.object({
  name: "quiz",
  handlers: {
    answer: async (context, command) => {
      const { next, reply } = judge((await context.get("state")) ?? NEW, command);
      context.set("state", next);
      return reply;
    },
  },
});

const server = createServer(restate.createEndpointHandler({ services: [quiz] }));
server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
