import { z } from 'zod';
import { isPlainObject, jsonFlaw } from './json.ts';

/** A JSON merge patch (RFC 7386) with a JSON object at its top. */
export type MergePatch = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 20;

export const mergePatch = z.custom<MergePatch>().superRefine((value: unknown, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (!isPlainObject(value)) return refuse('must be an object that holds the fields to change');
  if (Object.keys(value).length === 0) return refuse('must change at least one field, or be left out');
  const flaw = jsonFlaw(value, MAX_DEPTH);
  if (flaw !== undefined) refuse(flaw);
});

/**
 * `target` with the members of `patch` in place of its own: null takes a member away, an object is merged with the one
 * that is there, anything else replaces it. Neither is changed; a second time changes nothing more.
 */
export function applyMergePatch(target: unknown, patch: MergePatch): Readonly<Record<string, unknown>> {
  const members = new Map(isPlainObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, isPlainObject(value) ? applyMergePatch(members.get(name), value) : value);
  }
  return Object.fromEntries(members);
}
