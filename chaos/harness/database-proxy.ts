import { connect, createServer, type Socket } from 'node:net';
import type { Random } from './random.ts';

/**
 * Stands between the application and PostgreSQL, knows the append call when it comes by, and cuts the connection around it:
 * while the call is on its way, some milliseconds after it went, or while its answer is on its way back. Around COMMIT, that
 * is: the book may have the batch or not, and the application cannot know.
 */
export interface DatabaseProxy {
  readonly url: string;
  /** Cuts so far, by where. */
  readonly cuts: Readonly<Record<CutPlace, number>>;
  /** Of the append calls that come by, the share that is cut; 0 lets everything through. */
  cutShare(share: number): void;
  close(): Promise<void>;
}

const PLACES = ['call', 'commit', 'answer'] as const;
type CutPlace = (typeof PLACES)[number];

interface Cut {
  readonly place: CutPlace;
  /** Of the call: the share of its bytes that gets through; of the answer: so many bytes. */
  readonly share: number;
  readonly bytes: number;
  readonly ms: number;
  /** With a reset, or as one that closes in good order. */
  readonly isReset: boolean;
}

const MAX_ANSWER_BYTES = 160;
const MAX_COMMIT_MS = 8;
/** The name of the prepared statement, as it stands in a message. */
const STATEMENT = Buffer.from('\0append\0');
const PARSE = Buffer.from('append\0');
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export async function createDatabaseProxy(databaseUrl: string, random: Random): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const cuts = { call: 0, commit: 0, answer: 0 };
  const sockets = new Set<Socket>();
  let share = 0;

  const nextCut = (): Cut | undefined => {
    const cut: Cut = {
      place: random.pick(PLACES),
      share: random.next(),
      bytes: random.int(0, MAX_ANSWER_BYTES),
      ms: random.next() * MAX_COMMIT_MS,
      isReset: random.chance(0.5),
    };
    return random.chance(share) ? cut : undefined;
  };

  const join = (client: Socket) => {
    const server = connect(Number(target.port), target.hostname);
    let cut: Cut | undefined;
    let isCalling = false;
    let answered = 0;
    const end = () => {
      for (const socket of [client, server]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    const doCut = ({ place, isReset }: Cut) => {
      if (client.destroyed || server.destroyed) return;
      cuts[place] += 1;
      if (isReset) client.resetAndDestroy();
      end();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', end).on('close', end);
    }
    client.on('data', (chunk) => {
      if (!isCalling && isAppend(chunk)) {
        isCalling = true;
        answered = 0;
        cut = nextCut();
        if (cut?.place === 'call') {
          server.write(chunk.subarray(0, Math.floor(chunk.length * cut.share)));
          doCut(cut);
          return;
        }
        if (cut?.place === 'commit') setTimeout(doCut, cut.ms, cut);
      }
      if (!server.write(chunk)) {
        client.pause();
        server.once('drain', () => client.resume());
      }
    });
    server.on('data', (chunk) => {
      const isLast = chunk.subarray(-READY.length).equals(READY);
      if (isCalling && cut?.place === 'answer' && (answered + chunk.length >= cut.bytes || isLast)) {
        client.write(chunk.subarray(0, Math.max(0, cut.bytes - answered)));
        doCut(cut);
        return;
      }
      answered += chunk.length;
      // A call whose cut is due after its answer is cut when nothing is under way: that is none around COMMIT.
      if (isCalling && isLast) isCalling = false;
      client.write(chunk);
    });
  };

  const proxy = createServer(join);
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const address = proxy.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: url.href,
    cuts,
    cutShare(next) {
      share = next;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}

/** Whether the bytes begin the append call: it is bound, or parsed and bound at once the first time. */
function isAppend(chunk: Buffer): boolean {
  return chunk.includes(STATEMENT) || chunk.indexOf(PARSE) === 5;
}
