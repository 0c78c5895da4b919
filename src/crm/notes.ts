import type { ActionReceipt, NoteView } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import { actOnLead, type LeadInput } from './act-on-lead.ts';
import { byWhom } from './author.ts';
import { noSuchLead } from './locked-lead.ts';
import { PERSON } from './people.ts';
import type { CrmDeps } from './transact.ts';

export interface NoteInput extends LeadInput {
  readonly body: string;
}

/** Adds a note to a lead; the activity carries its text. @throws AppError NOT_FOUND, CONFLICT */
export function addNote(deps: CrmDeps, principal: Principal, input: NoteInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'note-add',
    input,
    async change(tx, lead) {
      const note = await tx.note.create({
        data: {
          leadId: lead.id,
          authorId: principal.kind === 'user' ? principal.userId : null,
          body: input.body,
          createdAt: deps.clock.now(),
        },
        select: { id: true },
      });
      const author = principal.kind === 'user' ? principal.name || principal.email : principal.name;
      return {
        type: 'NOTE_ADDED',
        description: `Note added by ${author}`,
        message: input.body,
        metadata: { note_id: note.id, ...byWhom(principal, 'added') },
      };
    },
  });
}

/** The notes of a lead, newest first, at most 500. @throws AppError NOT_FOUND */
export async function notesOf(prisma: PrismaClient, workspaceId: string, leadId: string): Promise<NoteView[]> {
  const lead = await prisma.lead.findFirst({
    where: { id: leadId, workspaceId },
    select: {
      notes: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 500, include: { author: { select: PERSON } } },
    },
  });
  if (!lead) throw noSuchLead();
  return lead.notes.map(({ authorId, createdAt, ...note }) => ({ ...note, createdAt: createdAt.toISOString() }));
}
