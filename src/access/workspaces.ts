import { AppError } from '#domain/errors.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { Prisma } from '#platform/db/prisma.ts';
import { change } from './change.ts';
import type { MemberDeps } from './members.ts';
import type { WorkspaceRecord } from './workspace-directory.ts';

export interface WorkspaceUpdate {
  readonly name?: string | undefined;
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone?: string | undefined;
  /** Days after which an event of an unknown lead is put into the retry queue, 1 to 365; null for never. */
  readonly unknownLeadDays?: number | null | undefined;
}

/** What a workspace decides for itself, beside its name and clocks. */
export interface WorkspaceSettings {
  readonly unknownLeadDays: number | null;
}

export interface Workspaces {
  /**
   * A new workspace with the actor as its admin.
   * @throws AppError INVALID_INPUT for an unknown time zone.
   */
  create(
    actor: UserPrincipal,
    input: { readonly name: string; readonly timeZone?: string | undefined },
  ): Promise<WorkspaceRecord>;
  /** @throws AppError NOT_FOUND */
  settings(workspaceId: string): Promise<WorkspaceSettings>;
  /** @throws AppError INVALID_INPUT for an unknown time zone; NOT_FOUND. */
  update(workspaceId: string, input: WorkspaceUpdate): Promise<WorkspaceRecord>;
  /**
   * Removes a demo workspace and everything in it, activities included, and leaves a record of that.
   * @throws AppError CONFLICT for a workspace that is no demo; NOT_FOUND.
   */
  removeDemo(actor: UserPrincipal, workspaceId: string): Promise<{ readonly activities: number }>;
}

/** A demo holds some ten thousand activities, each removed with its index entries, in milliseconds. */
const REMOVAL_TIMEOUT_MS = 120_000;

const COLUMNS = { id: true, name: true, slug: true, timeZone: true, isDemo: true } as const;

type Tx = Prisma.TransactionClient;

export function createWorkspaces(deps: MemberDeps): Workspaces {
  return {
    create: (actor, { name, timeZone = 'UTC' }) =>
      change(deps, async (tx, tell) => {
        const zone = await findTimeZone(tx, timeZone);
        const slug = await freeSlug(tx, name);
        const workspace = await tx.workspace.create({ data: { name, slug, timeZone: zone }, select: COLUMNS });
        await tx.membership.create({ data: { workspaceId: workspace.id, userId: actor.userId, role: 'ADMIN' } });
        tell({ kind: 'workspace', id: workspace.id }, { kind: 'member', id: actor.userId, workspaceId: workspace.id });
        return workspace;
      }),

    async settings(workspaceId) {
      const select = { unknownLeadDays: true };
      const found = await deps.prisma.workspace.findUnique({ where: { id: workspaceId }, select });
      if (!found) throw notFound();
      return found;
    },

    update: (workspaceId, { name, timeZone, unknownLeadDays }) =>
      change(deps, async (tx, tell) => {
        const zone = timeZone === undefined ? undefined : await findTimeZone(tx, timeZone);
        const data = {
          ...(name !== undefined && { name }),
          ...(zone !== undefined && { timeZone: zone }),
          ...(unknownLeadDays !== undefined && { unknownLeadDays }),
        };
        const { count } = await tx.workspace.updateMany({ where: { id: workspaceId }, data });
        if (count === 0) throw notFound();
        tell({ kind: 'workspace', id: workspaceId });
        return tx.workspace.findUniqueOrThrow({ where: { id: workspaceId }, select: COLUMNS });
      }),

    removeDemo: (actor, workspaceId) =>
      change(
        deps,
        async (tx, tell) => {
          const workspace = await tx.workspace.findUnique({ where: { id: workspaceId }, select: { isDemo: true } });
          if (!workspace) throw notFound();
          if (!workspace.isDemo) {
            throw new AppError('CONFLICT', { message: 'Only a demo workspace can be removed.' });
          }
          await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${REMOVAL_TIMEOUT_MS}`);
          const [row] = await tx.$queryRaw<{ readonly removed: number }[]>(
            Prisma.sql`SELECT remove_demo_workspace(${workspaceId}::uuid, ${actor.email})::float8 AS removed`,
          );
          tell({ kind: 'workspace', id: workspaceId, ended: true });
          return { activities: row?.removed ?? 0 };
        },
        { timeoutMs: REMOVAL_TIMEOUT_MS + 5_000 },
      ),
  };
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
}

/**
 * The time zone by its right name. Both who will compute with it have to know it: Postgres (days of a page) and this
 * process (days of a timeline), so offsets and abbreviations, which only one of them takes, are refused.
 */
async function findTimeZone(tx: Tx, given: string): Promise<string> {
  const [row] = await tx.$queryRaw<{ readonly name: string }[]>(
    Prisma.sql`SELECT name FROM pg_timezone_names WHERE lower(name) = lower(${given}) LIMIT 1`,
  );
  if (row && (row.name === 'UTC' || row.name.includes('/')) && isKnownHere(row.name)) return row.name;
  const message = 'must be the name of a time zone, such as Europe/Berlin or UTC';
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'timeZone', message }] });
}

function isKnownHere(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The name in lower-case ASCII words joined by hyphens, with a number when it is taken. */
async function freeSlug(tx: Tx, name: string): Promise<string> {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss');
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  const base = words.join('-').slice(0, 60) || 'workspace';
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('historybook:slugs', 0))`;
  const taken = await tx.workspace.findMany({ where: { slug: { startsWith: base } }, select: { slug: true } });
  const slugs = new Set(taken.map((workspace) => workspace.slug));
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (!slugs.has(slug)) return slug;
  }
}
