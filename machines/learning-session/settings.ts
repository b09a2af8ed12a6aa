/**
 * A session's settings: their schema, defaults and limits.
 *
 * `settings.maxDurationMs` decides when the session is started; afterwards `session.extend` does.
 */
import { type Static, Type } from "@sinclair/typebox";

const strict = { additionalProperties: false } as const;

/** One snapshot holds every seat; a thousand are the most that commit and fan out in time. */
const SEATS_MAX = 1_000;
/** More open connections for one seat are a leak, not a classroom. */
const DEVICES_MAX = 5;
/** A lesson is over the same day. */
export const DURATION_MS_MAX = 24 * 60 * 60 * 1_000;
/** Latecomers of a network are not latecomers of a class. */
const GRACE_MS_MAX = 10_000;

export const Admission = Type.Union([
  Type.Literal("open"),
  Type.Literal("approval"),
  Type.Literal("locked"),
]);

export const SettingsSchema = Type.Object(
  {
    admission: Admission,
    seatsMax: Type.Integer({ minimum: 1, maximum: SEATS_MAX }),
    amend: Type.Boolean(),
    shuffleChoices: Type.Boolean(),
    leaderboard: Type.Union([Type.Literal("off"), Type.Literal("top"), Type.Literal("full")]),
    boardNames: Type.Boolean(),
    names: Type.Union([Type.Literal("typed"), Type.Literal("generated")]),
    anonymous: Type.Boolean(),
    speedBonus: Type.Boolean(),
    pauseWhenHostLost: Type.Boolean(),
    guests: Type.Boolean(),
    questions: Type.Union([Type.Literal("off"), Type.Literal("moderated"), Type.Literal("open")]),
    reactions: Type.Boolean(),
    devices: Type.Integer({ minimum: 1, maximum: DEVICES_MAX }),
    graceMs: Type.Integer({ minimum: 0, maximum: GRACE_MS_MAX }),
    maxDurationMs: Type.Integer({ minimum: 60_000, maximum: DURATION_MS_MAX }),
    lateAfterMs: Type.Integer({ minimum: 0, maximum: DURATION_MS_MAX }),
  },
  strict,
);

export const PartialSettings = Type.Partial(SettingsSchema, strict);

export type Settings = Readonly<Static<typeof SettingsSchema>>;
export type Admission = Settings["admission"];

export const DEFAULTS: Settings = {
  admission: "open",
  seatsMax: 500,
  amend: true,
  shuffleChoices: false,
  leaderboard: "top",
  boardNames: false,
  names: "typed",
  anonymous: false,
  speedBonus: false,
  pauseWhenHostLost: true,
  guests: true,
  questions: "moderated",
  reactions: true,
  devices: 1,
  graceMs: 1_500,
  maxDurationMs: 4 * 60 * 60 * 1_000,
  lateAfterMs: 5 * 60 * 1_000,
};
