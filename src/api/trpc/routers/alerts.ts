import { z } from 'zod';
import { alertPage, channelChange, channelInput, muteMinutes, ruleInput } from '#domain/alert.ts';
import { permitted, router } from '../init.ts';

const see = permitted('ops:read');
const manage = permitted('alerts:manage');
const one = z.object({ id: z.uuid() });
const mute = one.extend({ minutes: muteMinutes });

/** Alerts of the current workspace: what stands, the rules, and where they are sent. */
export const alertsRouter = router({
  /** For the bell: the newest open ones, and how many the person has not seen. */
  summary: see.query(({ ctx }) => ctx.services.alerts.summary(ctx.principal)),
  markRead: see.mutation(({ ctx }) => ctx.services.alerts.markRead(ctx.principal)),
  list: see
    .input(alertPage.prefault({}))
    .query(({ ctx, input }) => ctx.services.alerts.list(ctx.principal.workspaceId, input)),
  deliveries: see
    .input(one)
    .query(({ ctx, input }) => ctx.services.alerts.deliveries(ctx.principal.workspaceId, input.id)),
  acknowledge: manage.input(one).mutation(({ ctx, input }) => ctx.services.alerts.acknowledge(ctx.principal, input.id)),
  mute: manage
    .input(mute)
    .mutation(({ ctx, input }) => ctx.services.alerts.mute(ctx.principal, input.id, input.minutes)),

  rules: see.query(({ ctx }) => ctx.services.alerts.rules.list(ctx.principal.workspaceId)),
  createRule: manage
    .input(ruleInput)
    .mutation(({ ctx, input }) => ctx.services.alerts.rules.create(ctx.principal, input)),
  updateRule: manage
    .input(one.extend({ rule: ruleInput }))
    .mutation(({ ctx, input }) => ctx.services.alerts.rules.update(ctx.principal, input.id, input.rule)),
  enableRule: manage
    .input(one.extend({ enabled: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.services.alerts.rules.setEnabled(ctx.principal, input.id, input.enabled)),
  muteRule: manage
    .input(mute)
    .mutation(({ ctx, input }) => ctx.services.alerts.rules.mute(ctx.principal, input.id, input.minutes)),
  removeRule: manage.input(one).mutation(({ ctx, input }) => ctx.services.alerts.rules.remove(ctx.principal, input.id)),

  /** Without their addresses, which are secrets. */
  channels: see.query(({ ctx }) => ctx.services.alerts.channels.list(ctx.principal.workspaceId)),
  /** Gives the secret that signs what a webhook is sent: this once. */
  createChannel: manage
    .input(channelInput)
    .mutation(({ ctx, input }) => ctx.services.alerts.channels.create(ctx.principal, input)),
  updateChannel: manage
    .input(channelChange.extend(one.shape))
    .mutation(({ ctx, input: { id, ...change } }) => ctx.services.alerts.channels.update(ctx.principal, id, change)),
  rotateChannelSecret: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.alerts.channels.rotateSecret(ctx.principal, input.id)),
  removeChannel: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.alerts.channels.remove(ctx.principal, input.id)),
  /** Sends a message now; answers with what the receiver said. */
  testChannel: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.alerts.channels.test(ctx.principal, input.id)),
});
