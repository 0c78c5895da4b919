import { describe, expect, it } from 'vitest';
import type { LeadView } from '#domain/lead-view.ts';
import { heldLeads, type LeadsRead, NO_LEADS, newLeads } from './held-leads.ts';

function lead(id: string, status = 'New'): LeadView {
  return {
    ...{ id, status, airtableRecordId: null, firstName: id, lastName: null, email: null, phone: null },
    ...{ company: null, title: null, score: null, owner: null, claimedAt: null, lastActivityAt: null },
    ...{ archivedAt: null, createdAt: '', updatedAt: '', campaigns: [] },
  };
}

const page = (...rows: LeadView[]): LeadsRead => ({ rows, total: rows.length });
const read = (key: string, of: LeadsRead, reading = false) => ({ kind: 'read', key, page: of, reading }) as const;
const ids = (rows: readonly LeadView[]) => rows.map(({ id }) => id).join('');
const start = heldLeads(NO_LEADS, read('all', page(lead('a'), lead('b'))));

describe('a list of leads that is read again', () => {
  it('follows the new order while nobody reads', () => {
    const state = heldLeads(start, read('all', page(lead('b'), lead('a'))));
    expect(ids(state.rows)).toBe('ba');
    expect(state.next).toBeUndefined();
  });

  it('renews each row where it stands while somebody reads, and keeps the new order for later', () => {
    const state = heldLeads(start, read('all', page(lead('c'), lead('b', 'Booked'), lead('a')), true));
    expect(ids(state.rows)).toBe('ab');
    expect(state.rows[1]?.status).toBe('Booked');
    expect([state.total, newLeads(state)]).toEqual([2, 1]);
    const released = heldLeads(state, { kind: 'release' });
    expect([ids(released.rows), released.total, released.next]).toEqual(['cba', 3, undefined]);
  });

  it('has nothing waiting when the order is the same', () => {
    const state = heldLeads(start, read('all', page(lead('a', 'Replied'), lead('b')), true));
    expect(state.rows[0]?.status).toBe('Replied');
    expect(state.next).toBeUndefined();
  });

  it('opens anew for another question, whoever reads', () => {
    expect(ids(heldLeads(start, read('booked', page(lead('z')), true)).rows)).toBe('z');
  });

  it('shows what comes into an empty list', () => {
    const empty = heldLeads(NO_LEADS, read('all', page()));
    expect(ids(heldLeads(empty, read('all', page(lead('a')), true)).rows)).toBe('a');
  });
});
