/** A step, as data: what a statechart asks of the world, and by which name and aim. */
import { expect, test } from "bun:test";
import { setup } from "xstate";
import type { JsonObject } from "../../machines/json.ts";
import { CALL_OFF, aimed, begin, take } from "../../machines/step.ts";

const types: { events?: { type: "order" } | { type: "stop" } | { type: "look" } } = {};

const shop = setup({
  types,
  actions: {
    reserve: (_, _params: JsonObject) => {},
    [CALL_OFF]: (_, _params: { readonly id: string }) => {},
  },
}).createMachine({
  on: {
    order: {
      actions: [
        { type: "reserve", params: aimed({ seats: 2 }, { id: "r1", target: "quota" }) },
        { type: "reserve", params: aimed({ seats: 3 }, { target: "quota" }) },
        { type: "reserve", params: { id: "its own", target: "its own" } },
      ],
    },
    stop: { actions: [{ type: CALL_OFF, params: { id: "r1" } }] },
  },
});

test("an effect is wished with its id and its target, and its params are what was given", () => {
  const { snapshot } = begin(shop);

  expect(take(shop, snapshot, { type: "order" })?.effects).toEqual([
    { type: "reserve", params: { seats: 2 }, id: "r1", target: "quota" },
    { type: "reserve", params: { seats: 3 }, target: "quota" },
    { type: "reserve", params: { id: "its own", target: "its own" } },
  ]);
});

test("an event that only asks for something is taken; one that is not handled is not", () => {
  const { snapshot } = begin(shop);

  expect(take(shop, snapshot, { type: "order" })?.snapshot).toBeDefined();
  expect(take(shop, snapshot, { type: "look" })).toBeUndefined();
});

test("an effect is called off by its id, and that is none itself", () => {
  const { snapshot } = begin(shop);

  expect(take(shop, snapshot, { type: "stop" })).toMatchObject({ effects: [], cancels: ["r1"] });
});
