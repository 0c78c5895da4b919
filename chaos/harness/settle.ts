import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Child } from '../../bench/harness/child.ts';
import type { FollowerStats } from '../actors/follower.ts';

const DRAIN_PATIENCE_MS = 15 * 60_000;
/** A subscriber that has not moved for so long stands still. */
const STALL_MS = 120_000;

/** Resolves when no segment is left in any spool of the folder; a failure when some stay. */
export async function drained(dataDir: string): Promise<string[]> {
  const deadline = performance.now() + DRAIN_PATIENCE_MS;
  for (;;) {
    const left = segmentsIn(dataDir);
    if (left.length === 0) return [];
    if (performance.now() > deadline) return [`the spool is not drained: ${left.slice(0, 5).join(', ')}`];
    await sleep(50);
  }
}

export function segmentsIn(dataDir: string): string[] {
  try {
    const names = readdirSync(join(dataDir, 'spool'), { recursive: true, encoding: 'utf8' });
    return names.filter((name) => /\.(open|seg)$/.test(name) && !name.startsWith('damaged'));
  } catch {
    return [];
  }
}

/** Resolves when the subscriber has seen the last position of the book. */
export async function caughtUp(follower: Child, url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ last: string | null }>('SELECT max(seq)::text AS last FROM activity');
  await client.end();
  const last = Number(rows[0]?.last ?? 0);
  let before = -1;
  for (let still = 0; still < STALL_MS; still += 100) {
    const { position } = await follower.ask<FollowerStats>('stats');
    if (position >= last) return [];
    if (position !== before) still = 0;
    before = position;
    await sleep(100);
  }
  return [`the live subscriber stands still at position ${before} of ${last}`];
}
