import { join } from 'node:path';
import { z } from 'zod';
import { SEVERITIES } from '#domain/alert.ts';
import { quietSpan } from '#domain/quiet-times.ts';
import { createKeptJson } from '#platform/kept-json.ts';
import type { Logger } from '#platform/log.ts';
import { processIdentitySchema } from '#platform/process-identity.ts';
import type { AlertMessage } from './message.ts';
import { sealedChannel } from './rows.ts';

/** What has to be known of rules and channels while the database is away. Addresses stay encrypted on disk too. */
const knownRule = z.object({
  workspace: z.object({ id: z.string(), name: z.string(), timeZone: z.string() }),
  id: z.string(),
  name: z.string(),
  severity: z.enum(SEVERITIES),
  afterSeconds: z.number(),
  quiet: z.array(quietSpan),
  quietHoldsCritical: z.boolean(),
  remindMinutes: z.number(),
  mutedUntil: z.iso.datetime().nullable(),
  channels: z.array(sealedChannel),
});
export type KnownRule = z.output<typeof knownRule>;
const knownSchema = z.object({ rules: z.array(knownRule) });

const instant = z.iso.datetime();
const pending = z.object({
  id: z.string(),
  workspaceId: z.string(),
  channelId: z.string(),
  message: z.custom<AlertMessage>((value) => typeof value === 'object' && value !== null && 'alert' in value),
  attempts: z.number(),
  nextTryAt: instant,
  createdAt: instant,
});
export type PendingMessage = z.output<typeof pending>;

const standing = z.object({
  alertId: z.string(),
  workspaceId: z.string(),
  ruleId: z.string(),
  severity: z.enum(SEVERITIES),
  openedAt: instant,
  calmSince: instant.nullable(),
  notifiedAt: instant.nullable(),
  notifiedSeverity: z.enum(SEVERITIES).nullable(),
  /** Over, and to be written into the database. */
  resolvedAt: instant.nullable(),
});
export type OutageStanding = z.output<typeof standing>;

const outageSchema = z.object({
  /** The process that found out, and says when it is over. */
  owner: processIdentitySchema,
  since: instant,
  reason: z.string(),
  /** Most events that waited. */
  records: z.number(),
  /** Nothing of it stands any more; what is left has to be sent, or written into the database. */
  isOver: z.boolean().default(false),
  standings: z.array(standing),
  outbox: z.array(pending),
});
export type Outage = z.output<typeof outageSchema>;

/** Files of DATA_DIR, for its owner alone: what an outage is to be told of, and the outage itself. */
export function createOutageMemory(dataDir: string, log: Logger) {
  const known = createKeptJson({ path: join(dataDir, 'alert-rules.json'), schema: knownSchema, log });
  const outage = createKeptJson({
    path: join(dataDir, 'alert-outage.json'),
    schema: z.object({ outage: outageSchema.nullable() }),
    log,
  });
  return {
    lockPath: join(dataDir, 'alert-outage.lock'),
    rules: () => known.read()?.rules ?? [],
    keepRules: (rules: KnownRule[]) => known.keep({ rules }),
    outage: () => outage.read()?.outage ?? undefined,
    keepOutage: (value: Outage | undefined) => outage.keep({ outage: value ?? null }),
  };
}
export type OutageMemory = ReturnType<typeof createOutageMemory>;
