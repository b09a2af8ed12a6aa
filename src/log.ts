/** Log lines as JSON on standard output: events with fields, by pino, in the caller's own words. */
import pino from "pino";
import type { Log } from "../actors/clock.ts";
import type { LogLevel } from "./config.ts";

export function createLog(level: LogLevel): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
  });
  return {
    info: (event, fields) => logger.info(fields, event),
    warn: (event, fields) => logger.warn(fields, event),
    error: (event, fields) => logger.error(fields, event),
  };
}
