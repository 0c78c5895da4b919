import type pg from 'pg';
import { z } from 'zod';
import { sqlState } from './sql-state.ts';

/** The constraint that was violated: as `pg` tells it, and through Prisma. */
const violation = z.union([
  z.looseObject({ constraint: z.string() }).transform(({ constraint }) => constraint),
  z
    .looseObject({
      meta: z.looseObject({
        driverAdapterError: z.looseObject({
          cause: z.looseObject({ constraint: z.looseObject({ index: z.string() }) }),
        }),
      }),
    })
    .transform(({ meta }) => meta.driverAdapterError.cause.constraint.index),
]);

/** Whether it was refused because its workspace, or that of some other row of its batch, was removed. */
export function isWorkspaceGone(error: unknown): boolean {
  if (sqlState(error) !== '23503') return false;
  return violation.safeParse(error).data?.endsWith('workspace_id_fkey') === true;
}

/** Those of the workspaces that there are not, or not any more. */
export async function goneWorkspaces(
  pool: Pick<pg.Pool, 'query'>,
  ids: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const asked = new Set(ids);
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM workspace WHERE id = ANY ($1::uuid[])', [
    [...asked],
  ]);
  for (const { id } of rows) asked.delete(id);
  return asked;
}
