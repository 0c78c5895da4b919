import { createIdSource } from '#domain/ids.ts';

/** The ids of what this process takes, in the order in which it takes it. `now` in milliseconds. */
export const newId = createIdSource();
