import type { KnownPerson } from '#access/index.ts';
import type { Actor, ServiceKeyRef } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { UUID_PATTERN } from '#domain/ids.ts';

export interface Writer {
  readonly workspaceId: string;
  /** The person who logs, when it is a person. */
  readonly userId: string | undefined;
  /** The service key that logs, when it is one. */
  readonly serviceKey?: ServiceKeyRef | undefined;
  /** The member of the workspace with this id or e-mail address, from memory; without it nobody is known. */
  readonly findMember?: ((workspaceId: string, reference: string) => KnownPerson | undefined) | undefined;
}

export interface Author {
  readonly actor: Actor;
  /** An id, as the column of that name takes no other. */
  readonly createdBy: string | undefined;
}

/**
 * Whose act it was. A person logs as himself. A service may say for whom it acts: a member of the workspace becomes the
 * actor; anybody else stays what he was called, as the label of an integration, because nobody here can vouch for him.
 * Which key said so is recorded beside it in any case.
 * @throws AppError INVALID_INPUT when a person names somebody else
 */
export function authorOf(given: string | undefined, writer: Writer, source: string): Author {
  const { workspaceId, userId, findMember } = writer;
  if (userId !== undefined) {
    const self = findMember?.(workspaceId, userId);
    const isSelf = given === undefined || [userId, self?.email].includes(given.toLowerCase());
    if (isSelf) return { createdBy: userId, actor: { type: 'USER', id: userId, label: self?.email ?? null } };
    const message = 'names somebody else; leave it out, you log as yourself';
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'createdBy', message }] });
  }
  if (given === undefined) return { createdBy: undefined, actor: { type: 'INTEGRATION', id: null, label: source } };
  const member = findMember?.(workspaceId, given);
  if (member) return { createdBy: member.userId, actor: { type: 'USER', id: member.userId, label: member.email } };
  const createdBy = UUID_PATTERN.test(given) ? given.toLowerCase() : undefined;
  return { createdBy, actor: { type: 'INTEGRATION', id: null, label: given } };
}

/** What `createdBy` was, of an activity that authorOf() made. */
export function givenAuthor(actor: Actor | undefined, createdBy: string | null | undefined, source: string) {
  if (createdBy != null) return createdBy;
  return actor?.id === null && actor.label !== source ? (actor.label ?? undefined) : undefined;
}
