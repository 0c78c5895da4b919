import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { parityItemFilter } from '#domain/parity.ts';
import type { Principal } from '#domain/principal.ts';
import { storableText } from '#domain/text.ts';
import { permitted, router } from '../init.ts';

const manage = permitted('import:manage');
const one = z.object({ id: z.uuid() });
const MAX_MAPPING = 200_000;

/** Imports of an older system's records, and the mappings they are read by. Files come over REST. */
export const importsRouter = router({
  /** The last ones, newest first. */
  list: manage.query(({ ctx }) => ctx.services.imports.imports(ctx.principal.workspaceId)),
  byId: manage
    .input(one)
    .query(({ ctx, input }) => ctx.services.imports.importById(ctx.principal.workspaceId, input.id)),
  /** Refused records after the one given, in the order of the file. */
  rejected: manage
    .input(one.extend({ after: z.int().min(-1).default(-1), limit: z.int().min(1).max(200).default(20) }))
    .query(({ ctx, input }) =>
      ctx.services.imports.rejected(ctx.principal.workspaceId, input.id, input.after, input.limit),
    ),
  stop: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.imports.stopImport(ctx.principal.workspaceId, input.id)),
  resume: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.imports.resumeImport(ctx.principal.workspaceId, input.id)),
  /** Imports for real what was tried. */
  importTried: manage
    .input(one)
    .mutation(({ ctx, input }) =>
      ctx.services.imports.importTried(ctx.principal.workspaceId, input.id, labelOf(ctx.principal)),
    ),

  mappings: manage.query(({ ctx }) => ctx.services.imports.mappings.list(ctx.principal.workspaceId)),
  /** Keeps a mapping, given as the JSON that a person wrote. */
  saveMapping: manage
    .input(z.object({ text: z.string().max(MAX_MAPPING) }))
    .mutation(({ ctx, input }) =>
      ctx.services.imports.mappings.save(ctx.principal.workspaceId, parsed(input.text), labelOf(ctx.principal)),
    ),
  removeMapping: manage
    .input(z.object({ name: storableText(60) }))
    .mutation(({ ctx, input }) => ctx.services.imports.mappings.remove(ctx.principal.workspaceId, input.name)),
});

/** Comparisons of an older system's records with the book. */
export const parityRouter = router({
  list: manage.query(({ ctx }) => ctx.services.imports.comparisons(ctx.principal.workspaceId)),
  /** With its table by day, type and source. */
  byId: manage
    .input(one)
    .query(({ ctx, input }) => ctx.services.imports.comparison(ctx.principal.workspaceId, input.id)),
  /** Those it names, in the order of the file; `after` is the number of the last one of the page before. */
  items: manage
    .input(
      one.extend({
        filter: parityItemFilter.prefault({}),
        // What an infinite query hands over.
        cursor: z.int().min(0).nullish(),
        limit: z.int().min(1).max(500).default(50),
      }),
    )
    .query(({ ctx, input: { id, filter, cursor, limit } }) =>
      ctx.services.imports.items(ctx.principal.workspaceId, id, filter, { after: cursor ?? 0, limit }),
    ),
  stop: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.imports.stopComparison(ctx.principal.workspaceId, input.id)),
  importMissing: manage
    .input(one)
    .mutation(({ ctx, input }) =>
      ctx.services.imports.importMissing(ctx.principal.workspaceId, input.id, labelOf(ctx.principal)),
    ),
});

function labelOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.email : `key ${principal.name}`;
}

/** @throws AppError INVALID_JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_JSON', { message: 'The mapping is not valid JSON.', issues: [{ path: '', message }] });
  }
}
