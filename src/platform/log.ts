import { type Logger as PinoLogger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { prettyLine } from './log-pretty.ts';
import { redactFields } from './redact.ts';
import { currentRequest } from './request-scope.ts';

/**
 * What the rest of the house knows of logging: fields first, then the sentence.
 * Fields under the name of a secret never reach the output (see redact.ts).
 */
export interface Logger {
  fatal(fields: object, message: string): void;
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  trace(fields: object, message: string): void;
  /** A logger that adds `fields` to every line. */
  child(fields: object): Logger;
}

interface LogDestination {
  write(line: string): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go; the standard output when not given. */
  readonly destination?: LogDestination;
  /** One readable line per entry instead of JSON; when not given, on a terminal only. */
  readonly pretty?: boolean;
}

/** A logger that writes one line per entry, at once: what was logged before a crash is there after it. */
export function createLogger({ level, destination, pretty }: LoggerOptions): Logger {
  const isPretty = pretty ?? (destination === undefined && process.stdout.isTTY === true);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // What is logged while a request is answered can be found by its id.
    mixin: () => {
      const request = currentRequest();
      return request ? { requestId: request.id } : {};
    },
    formatters: { level: (label: string) => ({ level: label }), log: redactFields },
    // redact() has turned errors into plain fields already, their causes included.
    serializers: { err: (value: unknown) => value },
  };
  const out = destination ?? (isPretty ? process.stdout : pino.destination({ dest: 1, sync: true }));
  return wrap(pino(options, isPretty ? { write: (line: string) => void out.write(`${prettyLine(line)}\n`) } : out));
}

/** A logger that says nothing. */
export const silentLogger: Logger = wrap(pino({ level: 'silent' }));

function wrap(logger: PinoLogger): Logger {
  return {
    fatal: (fields, message) => logger.fatal(fields, message),
    error: (fields, message) => logger.error(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    info: (fields, message) => logger.info(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    trace: (fields, message) => logger.trace(fields, message),
    // pino hands the fields of a child to no formatter, so they are cleaned here.
    child: (fields) => wrap(logger.child(redactFields(fields))),
  };
}
