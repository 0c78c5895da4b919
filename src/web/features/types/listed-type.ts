import type { Outputs } from '../../trpc/client.ts';

/** A type of event as the list shows it. */
export type ListedType = Outputs['types']['list'][number];
