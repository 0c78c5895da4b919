import { isPassing, refusalOf, type Verdict, verdictsOf } from './answer.ts';
import { retryAfterMs } from './backoff.ts';
import { withCause } from './reports.ts';

/** What became of a request. */
export type Outcome =
  | { readonly kind: 'judged'; readonly verdicts: readonly Verdict[] }
  /** Not now. `isHeavy` when it may have been too much at once, or one of its events too much for the server. */
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
      readonly isHeavy: boolean;
    }
  /** As a whole, for its size or for what is in it: smaller ones may pass. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** No request will be taken until a person has put something right. */
  | { readonly kind: 'closed'; readonly reason: string };

export interface Transport {
  /** Sends events (JSON objects) in one request. Never rejects. */
  post(events: readonly string[], stop: AbortSignal): Promise<Outcome>;
}

export interface TransportDeps {
  readonly url: string;
  readonly apiKey: () => string;
  readonly workspaceId: string | undefined;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}

const PATH = '/api/internal/log-activity/batch';
/** An answer is a few hundred bytes for each event. */
const MOST_ANSWER_BYTES = 16 * 2 ** 20;

export function createTransport({ url, apiKey, workspaceId, timeoutMs, fetch, now }: TransportDeps): Transport {
  const address = url + PATH;
  return {
    async post(events, stop) {
      const limit = limitTime(timeoutMs, stop);
      try {
        const answer = await fetch(address, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-api-key': apiKey(),
            ...(workspaceId !== undefined && { 'x-workspace-id': workspaceId }),
          },
          body: `{"events":[${events.join(',')}]}`,
          // To follow one would show the key to whoever it leads to.
          redirect: 'manual',
          signal: limit.signal,
        });
        const text = await read(answer);
        return outcomeOf(answer, text, events.length, now());
      } catch (error) {
        const { isLate } = limit;
        const reason = isLate ? `no answer within ${timeoutMs} ms` : `cannot be reached: ${withCause(error)}`;
        return { kind: 'later', reason, retryAfterMs: undefined, isHeavy: isLate };
      } finally {
        limit.end();
      }
    },
  };
}

interface TimeLimit {
  readonly signal: AbortSignal;
  readonly isLate: boolean;
  end(): void;
}

/** Made by hand: signals made with AbortSignal.any() pile up on one that lives as long as the client, in earlier Nodes. */
function limitTime(timeoutMs: number, stop: AbortSignal): TimeLimit {
  const abort = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    abort.abort();
  }, timeoutMs);
  timer.unref();
  const onStop = () => abort.abort();
  stop.addEventListener('abort', onStop);
  return {
    signal: abort.signal,
    get isLate() {
      return isLate;
    },
    end() {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}

/** @throws Error for an answer of a size that none of ours has */
async function read(answer: Response): Promise<string> {
  if (!answer.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_ANSWER_BYTES) throw new Error('the answer is larger than any of Historybook');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function outcomeOf(answer: Response, text: string, events: number, now: number): Outcome {
  const { status } = answer;
  const body = jsonOf(text);
  if (answer.ok) {
    const verdicts = verdictsOf(body, events);
    if (verdicts) return { kind: 'judged', verdicts };
    const reason = `answered ${status} with something that is not an answer of Historybook`;
    return { kind: 'later', reason, retryAfterMs: undefined, isHeavy: false };
  }
  const { code, reason } = refusalOf(body);
  const said = `answered ${status}${reason && `: ${reason.replace(/\.$/, '')}`}`;
  if (isPassing(status)) {
    const asked = retryAfterMs(answer.headers.get('retry-after'), now);
    return { kind: 'later', reason: said, retryAfterMs: asked, isHeavy: status === 500 };
  }
  if (status === 413 || status === 400 || status === 422 || status === 409)
    return { kind: 'refused', code, reason: said };
  return { kind: 'closed', reason: closedReason(status, said, answer.headers.get('location')) };
}

function closedReason(status: number, said: string, location: string | null): string {
  if (status === 401) return `${said}. Is the apiKey right, and still valid?`;
  if (status === 403) return `${said}. Does the apiKey have the scope activity:write?`;
  if (status === 404) return `${said}. Is the url right, and the workspaceId one that the apiKey may enter?`;
  if (status >= 300 && status < 400)
    return `${said}, a redirect to ${location ?? 'nowhere'}. Set url to where it leads.`;
  return `${said}. Is the url that of a Historybook?`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
