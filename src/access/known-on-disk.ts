import { join } from 'node:path';
import { z } from 'zod';
import { KEY_SCOPES } from '#domain/roles.ts';
import { createKeptJson, type KeptJson } from '#platform/kept-json.ts';
import type { Logger } from '#platform/log.ts';
import type { KnownKey } from './key-store.ts';
import type { WorkspaceRecord } from './workspace-directory.ts';

/** What has to be known to take events of services while the database cannot be asked: hashes, no secrets. */
export interface KnownOnDisk {
  readonly keys: readonly KnownKey[];
  readonly workspaces: readonly WorkspaceRecord[];
}

export const KNOWN_FILE = 'known-keys.json';

const keySchema = z.object({
  id: z.string(),
  workspaceId: z.string(),
  name: z.string(),
  hash: z.string(),
  scopes: z.array(z.enum(KEY_SCOPES)),
  expiresAt: z.iso
    .datetime()
    .transform((iso) => new Date(iso))
    .nullable(),
});

const workspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  timeZone: z.string(),
  isDemo: z.boolean(),
});

const schema: z.ZodType<KnownOnDisk> = z.object({ keys: z.array(keySchema), workspaces: z.array(workspaceSchema) });

export function createKnownOnDisk(dataDir: string, log: Logger): KeptJson<KnownOnDisk> {
  return createKeptJson({ path: join(dataDir, KNOWN_FILE), schema, log });
}
