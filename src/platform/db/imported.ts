import { IMPORTED_TAG } from '#domain/import-run.ts';

/**
 * Of the alias `a`: was logged, not imported. What was imported is old, however new it is to the book; it says nothing of
 * whether a source is alive, late or failing.
 */
export const WAS_LOGGED = `NOT coalesce(a.tags @> '{${IMPORTED_TAG}}', false)`;
