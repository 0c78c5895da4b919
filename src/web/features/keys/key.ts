import type { Outputs } from '../../trpc/client.ts';

/** A service key as the list shows it. */
export type Key = Outputs['keys']['list'][number];
