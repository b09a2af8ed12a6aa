/** `Connection: close` over a bare TCP socket: said in every kind of answer, and done. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { type School, openSchool } from "../support/school.ts";
import { teach } from "../support/taught.ts";

let school: School;
let stream: string;
let token: string;

beforeAll(async () => {
  school = await openSchool();
  const lesson = await teach(school, { phase: "lobby" });
  token = lesson.teacher.token;
  stream = `/api/v1/sessions/${lesson.id}/stream`;
});
afterAll(() => school.close());

const PATHS = [
  ["a document", () => "/livez"],
  ["a problem", () => "/api/v1/me?no=thing"],
  ["a page", () => "/docs"],
  ["a page's file", () => "/docs/start.js"],
  ["an unknown path", () => "/nowhere"],
  ["a handshake by polling", () => "/socket.io/?EIO=4&transport=polling"],
  ["a refused handshake", () => "/socket.io/?EIO=3&transport=polling"],
  ["a stream", () => stream],
] as const;

test.each(PATHS)("Connection: close is answered in kind: %s", async (_, path) => {
  for (const words of ["close", "TE, Close"]) {
    const { head, isClosed } = await ask(path(), words);
    expect(head.toLowerCase()).toMatch(/\r\nconnection: close(\r\n|$)/);
    expect(isClosed).toBe(true);
  }
});

test("a connection that nobody wants closed stays open", async () => {
  const { head, isClosed } = await ask("/livez", "keep-alive");
  expect(head.toLowerCase()).not.toContain("connection: close");
  expect(isClosed).toBe(false);
});

/** The head of the answer, and whether its end was the connection's; of a stream only the head. */
function ask(path: string, connection: string) {
  const { hostname, port } = new URL(school.url);
  return new Promise<{ readonly head: string; readonly isClosed: boolean }>((resolve) => {
    const socket = connect(Number(port), hostname);
    let heard = "";
    const settle = (isClosed: boolean): void => {
      resolve({ head: heard.slice(0, heard.indexOf("\r\n\r\n")), isClosed });
      socket.destroy();
    };
    socket.on("close", () => settle(true));
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
      const isOpenEnded = path === stream && heard.includes("event: view");
      if (isOpenEnded || (connection === "keep-alive" && heard.includes("\r\n\r\n{"))) {
        settle(isOpenEnded);
      }
    });
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        `Authorization: Bearer ${token}`,
        `Connection: ${connection}`,
        "\r\n",
      ].join("\r\n"),
    );
  });
}
