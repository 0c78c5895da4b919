import type { Crm } from '#crm/index.ts';
import { AppError } from '#domain/errors.ts';
import type { Principal } from '#domain/principal.ts';
import { RejectedRecord } from './cells.ts';
import type { Prepared } from './prepared.ts';

/** Makes the leads of records that nobody knows yet; those that are known stay as they are. */
export interface LeadMaker {
  make(batch: readonly Prepared[]): Promise<MadeLeads>;
}

export interface MadeLeads {
  readonly created: number;
  /** Records whose lead cannot be, by their number. */
  readonly refused: ReadonlyMap<number, RejectedRecord>;
}

/** How many leads are remembered as being there, so that a lead of many records is looked up once. */
const REMEMBERED = 50_000;

export interface LeadMakerDeps {
  readonly crm: Pick<Crm, 'upsertLeads'>;
  readonly principal: Principal;
  readonly source: string;
  readonly tags: readonly string[];
}

export function createLeadMaker({ crm, principal, source, tags }: LeadMakerDeps): LeadMaker {
  const seen = new Set<string>();
  return {
    async make(batch) {
      const wanted = new Map<string, { readonly lead: object; readonly records: number[]; at: Date | undefined }>();
      for (const { item, record } of batch) {
        if (record instanceof RejectedRecord || !record.newLead) continue;
        const { leadId, ...words } = record.lead;
        const key = JSON.stringify(words);
        // Who is named by our own id is known, or the record is refused for it.
        if (leadId !== '' || seen.has(key)) continue;
        const first = earliest(record.events.map(({ at }) => at));
        const known = wanted.get(key);
        known?.records.push(item.index);
        if (known && first && (!known.at || first < known.at)) known.at = first;
        if (!known) wanted.set(key, { lead: record.newLead, records: [item.index], at: first });
      }
      const refused = new Map<number, RejectedRecord>();
      const entries = [...wanted];
      if (entries.length === 0) return { created: 0, refused };
      const results = await crm.upsertLeads(principal, {
        items: entries.map(([, { lead }]) => lead),
        source,
        onlyMissing: { knownSince: entries.map(([, { at }]) => at), tags },
      });
      let created = 0;
      for (const { index, status, issues } of results) {
        const entry = entries[index];
        if (!entry) continue;
        const [key, { records }] = entry;
        if (status === 'created') created += 1;
        if (status !== 'rejected') remember(seen, key);
        else for (const record of records) refused.set(record, leadRefused(issues));
      }
      return { created, refused };
    },
  };
}

/** Of those that the book would take. */
function earliest(times: readonly Date[]): Date | undefined {
  const possible = times.filter((at) => at.getTime() >= EARLIEST);
  return possible.sort((a, b) => a.getTime() - b.getTime())[0];
}

/** Events before this are refused, so that nothing is known of a lead since then either. */
const EARLIEST = Date.UTC(2000, 0, 1);

function remember(seen: Set<string>, key: string): void {
  if (seen.size >= REMEMBERED) seen.clear();
  seen.add(key);
}

function leadRefused(issues: ConstructorParameters<typeof RejectedRecord>[1]): RejectedRecord {
  return RejectedRecord.fromError(
    new AppError('INVALID_INPUT', { issues: issues.map(({ path, message }) => ({ path: `lead.${path}`, message })) }),
  );
}
