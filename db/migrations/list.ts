/**
 * All migrations in order. A name, once shipped, keeps its meaning for ever; there is no way back.
 */
import type { Migration } from "kysely/migration";
import { groundFloor } from "./0001-ground-floor.ts";
import { residents } from "./0002-residents.ts";
import { rebuiltIn } from "./0003-rebuilt-in.ts";
import { lessonVersions } from "./0004-lesson-versions.ts";
import { media } from "./0005-media.ts";
import { classes } from "./0006-classes.ts";
import { sessionVersions } from "./0007-session-versions.ts";
import { lessonStems } from "./0008-lesson-stems.ts";
import { mediaUnused } from "./0009-media-unused.ts";

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-ground-floor": groundFloor,
  "0002-residents": residents,
  "0003-rebuilt-in": rebuiltIn,
  "0004-lesson-versions": lessonVersions,
  "0005-media": media,
  "0006-classes": classes,
  "0007-session-versions": sessionVersions,
  "0008-lesson-stems": lessonStems,
  "0009-media-unused": mediaUnused,
};
