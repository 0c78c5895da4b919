/**
 * The browser's side of the live stream: one connection per browser, however many tabs and feeds.
 *
 *   useLiveFeed ─▶ LiveTab ──wants──▶ Leader (in one of the tabs) ──▶ Connection ──▶ server
 *                     ◀────────────── told, by cursor ◀────────────────────┘
 *
 * The tab that holds a lock leads; when it closes, crashes or freezes another takes over, from the cursors of the tabs,
 * so that no feed misses or repeats an activity. Imports domain, and of the server its types.
 */
export { wakeLive } from './browser-tab.ts';
export type { LiveState } from './types.ts';
export { type LiveFeedOptions, useLiveFeed } from './use-live-feed.ts';
