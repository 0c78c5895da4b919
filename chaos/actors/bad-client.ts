/**
 * A service that sends bad requests, in a process of its own, and good events in the same batches. What is taken it writes
 * down; what is not as it should be it counts.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { serveParent } from '../../bench/harness/child.ts';
import { type Answer, type Connection, openConnection } from '../../bench/load/connection.ts';
import { UNKNOWN } from '../checker/logs.ts';
import { createRandom } from '../harness/random.ts';
import { type BadRequest, nextBadRequest } from './bad-requests.ts';
import { createEventMaker, type SentEvent } from './events.ts';
import { exchangeAlone } from './exchange.ts';

export interface BadClientOptions {
  readonly name: string;
  readonly seed: string;
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly leads: readonly string[];
  readonly logFile: string;
  readonly requests: number;
  readonly lanes: number;
}

export interface BadClientStats {
  readonly sent: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers of 500 and more, also of one event of a batch. */
  readonly serverErrors: number;
  /** Good events beside bad ones, and how many of them were refused. */
  readonly neighbours: number;
  readonly refusedNeighbours: number;
  /** The first answers that should not have been. */
  readonly faults: readonly string[];
}

export type BadClientQuestion = 'progress' | 'finish';

interface Result {
  readonly success?: boolean;
  readonly activityId?: string;
  readonly status?: string;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly error?: string;
  readonly results?: readonly Result[];
}

/** What no answer may tell. */
const INSIDES = /node_modules|\.ts:\d|SELECT |INSERT |at async /;
const ENOUGH = 20;

serveParent((options: BadClientOptions) => {
  const { host, port, key } = options;
  const log = openSync(options.logFile, 'a');
  const kinds: Record<string, number> = {};
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  let [sent, started, serverErrors, neighbours, refusedNeighbours] = [0, 0, 0, 0, 0];
  const random = createRandom(options.seed);
  const make = createEventMaker(options.name, options.leads, random.fork('events'), Date.now);

  const blame = (kind: string, what: string, bytes: Buffer) => {
    if (faults.length < ENOUGH)
      faults.push(`${kind}: ${what}; sent ${JSON.stringify(bytes.toString('latin1').slice(-300))}`);
  };

  const note = (event: SentEvent | undefined, { activityId, status }: Result) => {
    writeSync(log, `${event?.token ?? UNKNOWN}\t${activityId}\t${status}\t${event?.fingerprint ?? UNKNOWN}\n`);
  };

  const takeBatch = ({ kind, bytes, places }: BadRequest, results: readonly Result[]) => {
    for (const [i, result] of results.entries()) {
      const event = places?.[i];
      if ((result.httpStatus ?? 500) >= 500) {
        serverErrors += 1;
        blame(kind, `one of the batch answered ${JSON.stringify(result)}`, bytes);
      }
      if (event) neighbours += 1;
      if (result.success) note(event, result);
      else if (event) {
        refusedNeighbours += 1;
        blame(kind, `a good event was refused: ${JSON.stringify(result)}`, bytes);
      }
    }
    if (places && results.length !== places.length)
      blame(kind, `${results.length} results for ${places.length}`, bytes);
  };

  const take = (request: BadRequest, { status, body }: Answer) => {
    const { kind, bytes } = request;
    statuses[status] = (statuses[status] ?? 0) + 1;
    const text = body.toString();
    if (status >= 500) {
      serverErrors += 1;
      blame(kind, `answered ${status}: ${text.slice(0, 200)}`, bytes);
    }
    if (INSIDES.test(text)) blame(kind, `the answer tells too much: ${text.slice(0, 200)}`, bytes);
    const result = parse(text);
    if (status === 207) return takeBatch(request, result?.results ?? []);
    if (request.places) blame(kind, `a batch with good events was answered ${status}: ${text.slice(0, 200)}`, bytes);
    if (status < 300 && result?.activityId) return note(undefined, result);
    // What is no HTTP has no body of ours.
    if (status >= 400 && !request.isHalf && !(result?.code && result.error)) {
      blame(kind, `answered ${status} in no known shape: ${text.slice(0, 200)}`, bytes);
    }
  };

  const run = async (number: number) => {
    const lane = random.fork(`lane ${number}`);
    let connection: Connection | undefined;
    while (started < options.requests) {
      started += 1;
      const request = nextBadRequest({ host: `${host}:${port}`, key }, make, lane);
      kinds[request.kind] = (kinds[request.kind] ?? 0) + 1;
      if (request.isHalf || request.isAlone) {
        // It may take long, and a connection that idles is closed by the server.
        connection?.close();
        connection = undefined;
        const answer = await exchangeAlone(host, port, request.bytes, request.isHalf === true);
        if (!answer) blame(request.kind, 'no answer, and the connection stays open', request.bytes);
        else take(request, answer);
      } else {
        try {
          connection ??= await openConnection(host, port);
          take(request, await connection.send(request.bytes));
        } catch (error) {
          connection?.close();
          connection = undefined;
          blame(request.kind, `no answer: ${String(error)}`, request.bytes);
        }
      }
      sent += 1;
    }
    connection?.close();
  };
  const running = Promise.all(Array.from({ length: options.lanes }, (_, number) => run(number)));

  return {
    async answer(question: BadClientQuestion): Promise<BadClientStats | number> {
      if (question === 'progress') return sent;
      await running;
      closeSync(log);
      return { sent, kinds, statuses, serverErrors, neighbours, refusedNeighbours, faults };
    },
  };
});

function parse(text: string): Result | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
