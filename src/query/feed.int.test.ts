import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityView } from '#domain/activity.ts';
import { type ActivityFilter, type PageRequest, pageRequest } from '#domain/filter.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { createQueries, type Queries } from './index.ts';

let book: TestBook;
let queries: Queries;

beforeAll(async () => {
  book = await createTestBook();
  queries = createQueries({ pool: book.pool });
});
afterAll(() => book.drop());

function feed(workspaceId: string, filter: ActivityFilter = {}, page: Partial<PageRequest> = {}) {
  return queries.feed(workspaceId, filter, pageRequest.parse(page));
}

const at = (text: string) => new Date(`2025-${text}Z`);
const descriptions = (page: { rows: readonly ActivityView[] }) => page.rows.map(({ description }) => description);

describe('the feed', () => {
  test('shows everything of an activity, with its lead', async () => {
    const workspace = await book.makeWorkspace();
    const email = 'john.smith@example.com';
    const leadId = await book.makeLead(workspace, { firstName: 'John', lastName: 'Smith', email });
    const [id] = await book.log(workspace, {
      leadId,
      leadAirtableId: undefined,
      occurredAt: at('11-07T14:30:00.123'),
      description: 'SMS sent: Hey John…',
      message: 'Hey John, saw your form submission',
      metadata: { campaign_id: 'chatgpt_use_cases', step: 1, nested: { a: [1, null, 'b'] } },
      source: 'n8n:kajabi-scheduler',
      executionId: '28973',
      actor: { type: 'WORKER', id: 'w1', label: 'Scheduler' },
    });
    const page = await feed(workspace);
    expect(page).toMatchObject({ total: 1, totalIsCapped: false, nextCursor: null });
    expect(page.rows).toEqual([
      expect.objectContaining({
        id,
        door: 'lead',
        type: 'MESSAGE_SENT',
        category: 'SMS',
        occurredAt: '2025-11-07T14:30:00.123Z',
        description: 'SMS sent: Hey John…',
        message: 'Hey John, saw your form submission',
        metadata: { campaign_id: 'chatgpt_use_cases', step: 1, nested: { a: [1, null, 'b'] } },
        source: 'n8n:kajabi-scheduler',
        executionId: '28973',
        lead: { id: leadId, firstName: 'John', lastName: 'Smith', email },
        subjectKey: `lead:${leadId}`,
        actor: { type: 'WORKER', id: 'w1', label: 'Scheduler' },
      }),
    ]);
  });

  test('is empty for a workspace without activities, and still says where to follow from', async () => {
    const page = await feed(await book.makeWorkspace());
    expect(page).toMatchObject({ rows: [], total: 0, totalIsCapped: false, nextCursor: null });
    expect(page.streamCursor).toMatch(/^\d+\.\d+$/);
  });

  test('never shows another workspace, whatever is asked', async () => {
    const [own, other] = [await book.makeWorkspace(), await book.makeWorkspace()];
    const keys = {
      firstName: 'Secret',
      airtableRecordId: 'recSECRET',
      email: 'secret@example.com',
      phone: '4085550000',
    };
    const leadId = await book.makeLead(other, keys);
    await book.log(other, { leadId, description: 'secret', source: 'n8n:secret', type: 'OPT_OUT' });
    await book.log(
      own,
      { leadAirtableId: 'recSECRET', description: 'own' },
      { leadEmail: keys.email, description: 'own' },
    );
    const filters: ActivityFilter[] = [
      {},
      { leadId },
      { search: 'secret' },
      { search: '4085550000' },
      { types: ['OPT_OUT'] },
    ];
    for (const filter of [...filters, { sources: ['n8n:secret'] }, { search: 'own' }, { search: '-own' }]) {
      for (const sort of ['time', 'type', 'lead'] as const) {
        const page = await feed(own, filter, { sort });
        expect(page.rows.filter((row) => row.description !== 'own' || row.lead)).toEqual([]);
        expect(page.total).toBe(page.rows.length);
      }
    }
  });

  test('narrows by every member of the filter; lists are any of, empty lists do not narrow', async () => {
    const workspace = await book.makeWorkspace();
    const leadId = await book.makeLead(workspace);
    await book.log(
      workspace,
      {
        description: 'a',
        type: 'MESSAGE_SENT',
        category: 'SMS',
        source: 'n8n:a',
        occurredAt: at('01-10T00:00:00'),
        leadId,
      },
      { description: 'b', type: 'OPT_OUT', category: 'SMS', source: 'n8n:b', occurredAt: at('02-10T00:00:00') },
      {
        description: 'c',
        type: 'NOTE_ADDED',
        category: 'MANUAL',
        source: "ui:it's \\ odd",
        occurredAt: at('03-10T00:00:00'),
      },
      {
        description: 'd',
        type: 'user.login',
        category: 'SYSTEM',
        source: 'Web',
        door: 'user',
        occurredAt: at('04-10T00:00:00'),
      },
    );
    const shown = async (filter: ActivityFilter) => descriptions(await feed(workspace, filter)).join('');
    expect(await shown({})).toBe('dcba');
    expect(await shown({ types: [], categories: [], sources: [], doors: [], search: ' ' })).toBe('dcba');
    expect(await shown({ types: ['OPT_OUT', 'NOTE_ADDED'] })).toBe('cb');
    expect(await shown({ categories: ['SMS'] })).toBe('ba');
    expect(await shown({ sources: ['n8n:a', "ui:it's \\ odd"] })).toBe('ca');
    expect(await shown({ sources: ['n8n'] })).toBe('');
    expect(await shown({ sources: ['web'] })).toBe('');
    expect(await shown({ sources: ['Web', ''] })).toBe('d');
    expect(await shown({ doors: ['user'] })).toBe('d');
    expect(await shown({ leadId })).toBe('a');
    expect(await shown({ from: '2025-02-10T00:00:00Z', before: '2025-04-10T00:00:00Z' })).toBe('cb');
    expect(await shown({ from: '2025-02-10T01:00:00+01:00', categories: ['SMS', 'SYSTEM'], types: ['OPT_OUT'] })).toBe(
      'b',
    );
    expect(await shown({ types: ['A\0B'], sources: ['\0'], search: 'x\0y' })).toBe('');
  });
});

describe('leads that become known later', () => {
  test('get the activities that came before them, without a change to these', async () => {
    const workspace = await book.makeWorkspace();
    const [early] = await book.log(workspace, { leadAirtableId: 'recLATE', description: 'early' });
    expect((await feed(workspace)).rows[0]).toMatchObject({ id: early, lead: null, leadAirtableId: 'recLATE' });

    const leadId = await book.makeLead(workspace, { firstName: 'Late', airtableRecordId: 'recLATE' });
    const [row] = (await feed(workspace, { leadId })).rows;
    expect(row).toMatchObject({ id: early, lead: { id: leadId, firstName: 'Late' }, subjectKey: 'airtable:recLATE' });
    expect(descriptions(await feed(workspace, { search: 'late' }))).toEqual(['early']);
  });

  test('an e-mail that is handed on takes only its later activities along', async () => {
    const workspace = await book.makeWorkspace();
    const email = 'sales@example.com';
    await book.log(workspace, { leadEmail: email, description: 'before all' });
    const first = await book.makeLead(workspace, { firstName: 'Anna', email });
    const second = await book.makeLead(workspace, { firstName: 'Berta' });
    await book.changeLead(first, { email: null });
    await book.log(workspace, { leadEmail: email, description: 'between' });
    await book.changeLead(second, { email });
    await book.log(workspace, { leadEmail: email, description: 'after' });

    expect(descriptions(await feed(workspace, { leadId: first }))).toEqual(['before all']);
    expect(descriptions(await feed(workspace, { leadId: second }))).toEqual(['after', 'between']);
    expect(descriptions(await feed(workspace, { search: 'anna' }))).toEqual(['before all']);
    expect(descriptions(await feed(workspace, { search: 'berta' }))).toEqual(['after', 'between']);
  });
});
