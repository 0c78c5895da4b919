/**
 * Live: what the book takes is in every open feed within a blink.
 *
 *   Postgres ──tail──▶ ring ──hub──▶ groups (same feeds, same bytes) ──▶ sockets
 *                        └──catch-up (ring, then SQL, then resync) ───────▶ those behind
 *
 * Promises: each subscriber sees each matching activity once, in position order, across reconnects, restarts and
 * processes; or it is told `resync`. A slow subscriber costs the others nothing and the server a bounded amount.
 * Imports platform and domain alone.
 */
export type * from './types.ts';
