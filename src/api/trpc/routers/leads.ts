import { z } from 'zod';
import { idempotencyKey, leadStatusInput, noteBody } from '#domain/lead-input.ts';
import { leadQuery } from '#domain/lead-query.ts';
import { permitted, router } from '../init.ts';

const read = permitted('leads:read');
const write = permitted('leads:write');
const lead = z.object({ leadId: z.uuid() });
const action = lead.extend({ idempotencyKey });

/** Leads and what people do to them. Each action is one transaction with its activity, and answers its receipt. */
export const leadsRouter = router({
  list: read.input(leadQuery).query(({ ctx, input }) => ctx.services.crm.listLeads(ctx.principal.workspaceId, input)),
  byId: read
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx, input }) => ctx.services.crm.leadById(ctx.principal.workspaceId, input.id)),
  notes: read.input(lead).query(({ ctx, input }) => ctx.services.crm.notesOf(ctx.principal.workspaceId, input.leadId)),
  statuses: read.query(({ ctx }) => ctx.services.crm.leadStatuses(ctx.principal.workspaceId)),
  owners: read.query(({ ctx }) => ctx.services.crm.leadOwners(ctx.principal.workspaceId)),

  enroll: write
    .input(action.extend({ campaignId: z.uuid() }))
    .mutation(({ ctx, input }) => ctx.services.crm.enroll(ctx.principal, input)),
  removeFromCampaign: write
    .input(action.extend({ campaignId: z.uuid().optional() }))
    .mutation(({ ctx, input }) => ctx.services.crm.removeFromCampaign(ctx.principal, input)),
  setStatus: write
    .input(action.extend({ status: leadStatusInput }))
    .mutation(({ ctx, input }) => ctx.services.crm.changeStatus(ctx.principal, input)),
  addNote: write
    .input(action.extend({ body: noteBody }))
    .mutation(({ ctx, input }) => ctx.services.crm.addNote(ctx.principal, input)),
  claim: write.input(action).mutation(({ ctx, input }) => ctx.services.crm.claimLead(ctx.principal, input)),
  assign: write
    .input(action.extend({ userId: z.uuid().nullable() }))
    .mutation(({ ctx, input }) => ctx.services.crm.assignLead(ctx.principal, input)),
  archive: write.input(action).mutation(({ ctx, input }) => ctx.services.crm.archiveLead(ctx.principal, input)),
  restore: write.input(action).mutation(({ ctx, input }) => ctx.services.crm.restoreLead(ctx.principal, input)),
});
