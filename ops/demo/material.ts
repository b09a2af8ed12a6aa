/** The lesson: questions out of GIFT files, imported over HTTP, one lesson of all of them. */
import { basename } from "node:path";
import type { Step } from "../../machines/learning-session/item.ts";
import type { Client } from "../../src/client/client.ts";
import { ProblemError } from "../../src/client/problems.ts";
import { BadInput } from "./bad-input.ts";

export interface Material {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** Reads a file, or says in one sentence that it cannot be read. */
export async function textOf(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch (cause) {
    throw new BadInput(`${path} cannot be read`, { cause });
  }
}

/** Several files become several lessons, then one, and the several are deleted again. */
export async function importLesson(client: Client, files: readonly string[]): Promise<Material> {
  const parts: Material[] = [];
  for (const file of files) {
    parts.push(await imported(client, file));
  }
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    return only;
  }
  const steps = parts
    .flatMap((part) => part.steps)
    .map((step, index) => ({ ...step, id: `s${index + 1}` }));
  const lesson = { title: "Demo class", language: "en", steps };
  const whole = await client.http.post<Material>("/lessons", lesson);
  for (const { id } of parts) {
    await client.http.delete(`/lessons/${id}`);
  }
  return whole;
}

async function imported(client: Client, file: string): Promise<Material> {
  const gift = await textOf(file);
  try {
    return await client.http.post<Material>("/lessons/import?format=gift", gift);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 422) {
      const [first] = error.problem.errors ?? [];
      const why = first?.message ?? error.problem.detail;
      throw new BadInput(`${basename(file)} was not imported. ${why}`, { cause: error });
    }
    throw error;
  }
}
