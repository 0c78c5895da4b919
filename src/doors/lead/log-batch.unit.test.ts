import { expect, test } from 'vitest';
import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { leadEvent } from '#testing/lead-door.ts';
import { logBatch } from './log-batch.ts';
import type { LeadDoorDeps } from './quarantined.ts';

test('an event that fails as nobody foresaw costs the others nothing: each has its own answer', async () => {
  const receipt: Receipt = {
    status: 'stored',
    activityId: '11111111-1111-4111-8111-111111111111',
    timestamp: '2025-11-07T08:15:05.000Z',
  };
  const cause = new Error('canceling statement due to statement timeout');
  const take = async ({ type }: { type: string }) => (type === 'MESSAGE_SENT' ? receipt : Promise.reject(cause));
  const deps = { ingest: { accept: take, check: take } } as unknown as LeadDoorDeps;
  const events = [leadEvent(), leadEvent({ eventType: 'CUSTOM' }), leadEvent()];
  for (const dryRun of [false, true]) {
    const options = { workspaceId: '22222222-2222-4222-8222-222222222222', userId: undefined, dryRun };
    const [first, failed, last] = await logBatch(deps, { events }, options);
    expect([first, last]).toEqual([receipt, receipt]);
    expect(failed).toBeInstanceOf(AppError);
    expect(failed).toMatchObject({ code: 'INTERNAL', cause });
  }
});
