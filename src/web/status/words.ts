import type { LiveStatus } from '../shell/live-status.ts';
import type { ServerState } from './probe.ts';

/** What is so, in a word or two, and what will happen. */
export interface Situation {
  readonly label: string;
  readonly explanation: string;
}

export const SERVER_WORDS: Readonly<Record<Exclude<ServerState, 'ok'>, Situation>> = {
  offline: {
    label: 'Offline',
    explanation:
      'This computer has no connection. What you see may be old; the page goes on by itself, and misses nothing, when the connection is back.',
  },
  unreachable: {
    label: 'Server away',
    explanation:
      'The server does not answer: it may be restarting. The page asks again every few seconds and goes on where it was, without a gap.',
  },
  'database-away': {
    label: 'Database away',
    explanation:
      'The database does not answer. Events that services send are kept safe and appear here, in their place, when it is back; changes made here are refused until then.',
  },
};

export const LIVE_WORDS: Readonly<Record<LiveStatus, Situation>> = {
  connecting: {
    label: 'Connecting',
    explanation: 'The live stream is being opened. What happens meanwhile comes with it',
  },
  live: { label: 'Live', explanation: 'New activities appear the moment they are recorded' },
  fallback: {
    label: 'Stream cut',
    explanation:
      'Something between here and the server cuts the live stream. The page asks every 30 seconds instead, and is live again by itself as soon as it can be',
  },
  paused: { label: 'Paused', explanation: 'You paused this list. What arrives is counted and waits until you go on' },
};
