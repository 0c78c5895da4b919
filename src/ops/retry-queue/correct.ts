/**
 * The same correction for many entries: each body gets the members that a person gives for all of them, as if he had
 * edited one after the other. What is in the book already, and waits for its lead, has no body to correct.
 */
import { isPlainObject, parseJson } from '#domain/json.ts';
import { applyMergePatch, type MergePatch } from '#domain/merge-patch.ts';
import type { ReplayTrial } from '#domain/quarantine.ts';
import { jsonText } from '#platform/json-text.ts';
import { toWaiting, type WaitingEntry } from './entry-row.ts';
import { keepBodies } from './keep-bodies.ts';
import { judgeEntry, type ReplayDeps } from './replay.ts';

/** The body as the correction makes it; undefined where it changes nothing, or there is nothing it could be applied to. */
function correctedBody(entry: WaitingEntry, correction: MergePatch): unknown {
  if (entry.unknownLead) return undefined;
  const body = parseJson(entry.body);
  if (!isPlainObject(body)) return undefined;
  const corrected = applyMergePatch(body, correction);
  return jsonText(corrected) === jsonText(body) ? undefined : corrected;
}

/** The entries as they wait with the correction in them; those that wait no longer, or were edited meanwhile, are left out. */
export async function correctEntries(
  deps: ReplayDeps,
  entries: readonly WaitingEntry[],
  correction: MergePatch,
  by: string,
): Promise<WaitingEntry[]> {
  const changed = entries.flatMap((entry) => {
    const body = correctedBody(entry, correction);
    return body === undefined ? [] : [{ entry, body }];
  });
  if (changed.length === 0) return [...entries];
  const kept = await keepBodies(deps, changed, by, { unlessEdited: true });
  const waiting = new Map(kept.map(toWaiting).map((entry) => [entry.id, entry]));
  const isChanged = new Set(changed.map(({ entry }) => entry.id));
  return entries.flatMap((entry) => (isChanged.has(entry.id) ? (waiting.get(entry.id) ?? []) : entry));
}

/** What would become of entries with a correction in them. Changes nothing. */
export async function tryEntries(
  deps: ReplayDeps,
  entries: readonly WaitingEntry[],
  correction: MergePatch | undefined,
): Promise<Omit<ReplayTrial, 'matching'>> {
  const verdicts = await Promise.all(
    entries.map((entry) => {
      const corrected = correction && correctedBody(entry, correction);
      return judgeEntry(deps, entry, corrected ?? parseJson(entry.body));
    }),
  );
  const refusals = new Map<string, ReplayTrial['refusals'][number]>();
  for (const verdict of verdicts) {
    if (verdict.ok) continue;
    const { code, message, issues } = verdict;
    const events = (refusals.get(message)?.events ?? 0) + 1;
    refusals.set(message, { code, message, issues, events });
  }
  return {
    tried: entries.length,
    accepted: verdicts.filter(({ ok }) => ok).length,
    refusals: [...refusals.values()].sort((one, other) => other.events - one.events),
  };
}
