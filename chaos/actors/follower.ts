/**
 * A live subscriber in a process of its own: what a browser's EventSource does, cursor and reconnecting included. It
 * writes down each event it is shown, and when it connected.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveParent } from '../../bench/harness/child.ts';

export interface FollowerOptions {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly logFile: string;
}

export interface FollowerStats {
  readonly events: number;
  readonly position: number;
  readonly connections: number;
}

export type FollowerQuestion = 'stats' | 'close';

const RETRY_MS = 100;
/** A stream says something at least every 15 seconds; one that is silent for longer is dead. */
const SILENCE_MS = 40_000;

serveParent(({ host, port, key, logFile }: FollowerOptions) => {
  const log = openSync(logFile, 'a');
  let cursor = '';
  let [events, connections] = [0, 0];
  let isOver = false;
  let lines: string[] = [];

  const flush = () => {
    if (lines.length > 0 && !isOver) writeSync(log, lines.join(''));
    lines = [];
  };

  /** A block of lines up to an empty one is an event; what is cut off before that is none. */
  const take = (block: string) => {
    let [kind, id] = ['message', cursor];
    let hasData = false;
    let activity = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) kind = line.slice(7);
      else if (line.startsWith('id: ')) id = line.slice(4);
      else if (line.startsWith('data: ')) {
        hasData = true;
        activity = /"id":"([0-9a-f-]{36})"/.exec(line)?.[1] ?? '';
      }
    }
    cursor = id;
    if (!hasData) return;
    if (kind === 'message') {
      events += 1;
      lines.push(`${positionOf(id)}\t${activity}\n`);
    } else lines.push(`${kind}\n`);
  };

  const follow = () =>
    new Promise<void>((resolve) => {
      const headers = { accept: 'text/event-stream', 'x-api-key': key, ...(cursor && { 'last-event-id': cursor }) };
      const request = get({ host, port, path: '/api/stream', headers, agent: false }, (response) => {
        if (response.statusCode !== 200) {
          request.destroy();
          return;
        }
        connections += 1;
        lines.push('connect\n');
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const blocks = (text + chunk).split('\n\n');
          text = blocks.pop() ?? '';
          for (const block of blocks) take(block);
          flush();
        });
        response.once('close', () => resolve());
        response.once('error', () => resolve());
      });
      request.setTimeout(SILENCE_MS, () => request.destroy());
      request.once('error', () => resolve());
      request.once('close', () => resolve());
    });

  const run = async () => {
    while (!isOver) {
      await follow();
      await sleep(RETRY_MS);
    }
  };
  void run();

  return {
    answer(question: FollowerQuestion): FollowerStats {
      flush();
      if (question === 'close') {
        isOver = true;
        closeSync(log);
      }
      return { events, position: positionOf(cursor), connections };
    },
    end: async () => {
      isOver = true;
    },
  };
});

/** The cursor is epoch and position. */
function positionOf(cursor: string): number {
  return Number(cursor.split('.')[1] ?? 0);
}
