import { tracked } from '@trpc/server';
import { followInput } from '../../stream/follow-input.ts';
import { router, signedIn } from '../init.ts';

/**
 * The live stream as a tRPC subscription: the contract, and the way for callers in this process. Over HTTP the same is
 * served by stream/trpc-stream.ts, on shared bytes. What a principal may follow depends on its feeds, so live/ decides.
 */
export const liveRouter = router({
  activities: signedIn.input(followInput).subscription(async function* ({ ctx, input, signal }) {
    const request = { principal: ctx.principal, ...input };
    for await (const { cursor, message } of ctx.services.live.follow(request, signal ?? new AbortController().signal)) {
      yield tracked(cursor, message);
    }
  }),
});
