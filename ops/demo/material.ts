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
  const [only = ""] = files;
  if (files.length === 1) {
    return imported(client, only);
  }
  const parts: Material[] = [];
  try {
    for (const file of files) {
      parts.push(await imported(client, file));
    }
    const all = parts.flatMap((part) => part.steps);
    const steps = all.map((step, index) => ({ ...step, id: `s${index + 1}` }));
    return await client.http.post("/lessons", { title: "Demo class", language: "en", steps });
  } finally {
    for (const { id } of parts) {
      await client.http.delete(`/lessons/${id}`);
    }
  }
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
