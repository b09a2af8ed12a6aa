/** Pasted lists: as they come from spreadsheets, mail programs and people. */
import { expect, test } from "bun:test";
import { pastedList } from "../../src/pages/pasted-list.ts";

test.each([
  ["Ada Lovelace, ada@x.example", "ada@x.example", "Ada Lovelace"],
  ["ada@x.example;Ada Lovelace", "ada@x.example", "Ada Lovelace"],
  ["Ada\tLovelace\tada@x.example", "ada@x.example", "Ada Lovelace"],
  ['"Lovelace, Ada" <ada@x.example>', "ada@x.example", "Lovelace Ada"],
  ["  Zoë  O'Neil   zoe.o@x.example  ", "zoe.o@x.example", "Zoë O'Neil"],
  ["ليلى، l@x.example", "l@x.example", "ليلى"],
  ["ada@x.example", "ada@x.example", undefined],
])("%j has an address and a name", (text, email, name) => {
  const { people, wrong } = pastedList(text);
  expect(wrong).toEqual([]);
  expect(people).toEqual([{ email, ...(name === undefined ? {} : { name }), line: 1 }]);
});

test("CL9: each line is a person or is named; blank ones count, and are no one", () => {
  const { people, wrong } = pastedList("Ada, a@x\r\n\r\nnobody\nBea b@x\n@\n  \n");
  expect(people.map(({ line }) => line)).toEqual([1, 4]);
  expect(wrong).toEqual([3, 5]);
  expect(pastedList("")).toEqual({ people: [], wrong: [] });
});

test("of several on a line each has his name before his address", () => {
  expect(pastedList("Ada <a@x>, Bea Byron <b@x>; c@x").people).toEqual([
    { email: "a@x", name: "Ada", line: 1 },
    { email: "b@x", name: "Bea Byron", line: 1 },
    { email: "c@x", line: 1 },
  ]);
});
