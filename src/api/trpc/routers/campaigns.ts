import { z } from 'zod';
import { campaignChange, campaignInput, idempotencyKey } from '#domain/lead-input.ts';
import { permitted, router } from '../init.ts';

export const campaignsRouter = router({
  list: permitted('leads:read').query(({ ctx }) => ctx.services.crm.listCampaigns(ctx.principal.workspaceId)),
  create: permitted('leads:write')
    .input(campaignInput.extend({ idempotencyKey }))
    .mutation(({ ctx, input }) => ctx.services.crm.createCampaign(ctx.principal, input)),
  update: permitted('leads:write')
    .input(campaignChange.extend({ id: z.uuid(), idempotencyKey }))
    .mutation(({ ctx, input }) => ctx.services.crm.updateCampaign(ctx.principal, input)),
});
