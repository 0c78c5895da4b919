import { createHmac } from 'node:crypto';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ChannelType, SendResult } from '#domain/alert.ts';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import { type AlertMessage, slackBody, webhookBody } from './message.ts';
import { assertMayBeCalled, lookupPublic } from './safe-address.ts';

/** Where a message goes, in clear. */
export interface Target {
  readonly type: ChannelType;
  readonly url: string;
  /** Signs what is sent to a webhook. */
  readonly secret: string | undefined;
}

export interface Answered extends SendResult {
  /** As the receiver asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export interface SenderDeps {
  readonly clock: Clock;
  readonly allowPrivate: boolean;
  /** How long a receiver may take for all of it, in milliseconds: 10,000 if not given. */
  readonly timeoutMs?: number;
}

/** Sends one message once. Never rejects: what went wrong is in the result. `id` is the same when it is sent again. */
export type Send = (target: Target, message: AlertMessage, id: string) => Promise<Answered>;

const TIMEOUT_MS = 10_000;
/** Of an answer that much is read, and shown. */
const MAX_ANSWER = 1_000;

/**
 * Posts to webhooks. Redirects are not followed: they would lead around every check of the address. A webhook's request is
 * signed: `X-Historybook-Signature: sha256=<hex>` is HMAC-SHA-256, under the channel's secret, of the
 * `X-Historybook-Timestamp`, a full stop and the body.
 */
export function createSend({ clock, allowPrivate, timeoutMs = TIMEOUT_MS }: SenderDeps): Send {
  return async (target, message, id) => {
    const startedAt = clock.monotonicMs();
    const done = (result: Omit<Answered, 'durationMs'>): Answered => ({
      ...result,
      durationMs: Math.round(clock.monotonicMs() - startedAt),
    });
    try {
      const url = assertMayBeCalled(target.url, allowPrivate);
      const { body, headers } = requestOf(target, message, id, clock.now());
      const response = await post(url, body, headers, { allowPrivate, timeoutMs });
      const status = response.statusCode ?? 0;
      const answer = await readStart(response);
      const ok = status >= 200 && status < 300;
      return done({ ok, status, answer, error: null, retryAfterMs: retryAfterOf(response, clock.now()) });
    } catch (error) {
      return done({
        ok: false,
        status: null,
        answer: '',
        error: sentenceOf(error, timeoutMs),
        retryAfterMs: undefined,
      });
    }
  };
}

function requestOf({ type, secret }: Target, message: AlertMessage, id: string, now: Date) {
  const body = JSON.stringify(type === 'slack' ? slackBody(message) : webhookBody(message, id, now));
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Historybook',
  };
  if (type === 'webhook') {
    headers['x-historybook-event'] = `alert.${message.event}`;
    headers['x-historybook-delivery'] = id;
    headers['x-historybook-timestamp'] = timestamp;
    if (secret) headers['x-historybook-signature'] = `sha256=${signatureOf(secret, timestamp, body)}`;
  }
  return { body, headers };
}

function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

interface PostOptions {
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
}

function post(
  url: URL,
  body: string,
  headers: Record<string, string>,
  { allowPrivate, timeoutMs }: PostOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'http:' ? requestHttp : requestHttps;
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { method: 'POST', headers, signal, agent: false, ...(!allowPrivate && { lookup: lookupPublic }) };
    request(url, options, resolve).on('error', reject).end(body);
  });
}

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= MAX_ANSWER) break;
  }
  response.destroy();
  // NUL is the one character that the database keeps nowhere.
  return Buffer.concat(chunks).toString('utf8').slice(0, MAX_ANSWER).replaceAll('\0', '');
}

/** Seconds, or a date. */
function retryAfterOf(response: IncomingMessage, now: Date): number | undefined {
  const given = response.headers['retry-after'];
  if (given === undefined) return undefined;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - now.getTime();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ECONNRESET: 'the receiver closed the connection without an answer',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Why no answer came, without the address, which is a secret. */
function sentenceOf(error: unknown, timeoutMs: number): string {
  if (error instanceof AppError) return `the address ${error.issues[0]?.message ?? error.message}`;
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return `no answer within ${timeoutMs / 1000} s`;
  if (error.name === 'PrivateAddressError') return error.message;
  const code = 'code' in error ? String(error.code) : '';
  return SENTENCES[code] ?? `no answer (${code || error.name})`;
}
