/**
 * Airtable, Slack and SimpleTexting on this machine. The workflows go on to call https://api.airtable.com and the others:
 * n8n is given a proxy (HTTPS_PROXY) that leads each of these names here, and refuses every other one, and a certificate
 * to trust (NODE_EXTRA_CA_CERTS). So the files are run as they are shipped, and nothing leaves the machine.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { changeRecord } from '../testing/perform.ts';
import { type AirtableRecord, sendSms, type World } from '../testing/world.ts';
import { matches } from './formula.ts';

const HOSTS = ['api.airtable.com', 'slack.com', 'api-app2.simpletexting.com'];
const CREATED = '2026-01-01T00:00:00.000Z';

export interface Providers {
  readonly proxyUrl: string;
  /** The certificate to trust. */
  readonly certificate: string;
  /** Names that were asked for and are none of the three. */
  readonly strangers: ReadonlySet<string>;
  close(): Promise<void>;
}

/** @param folder where the certificate is made, by `openssl` */
export async function openProviders(world: World, folder: string): Promise<Providers> {
  const { key, certificate } = makeCertificate(folder);
  const strangers = new Set<string>();
  const https = createHttpsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (req, res) => {
    const answer = async () => {
      const { status, value } = await providerAnswer(world, req);
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    answer().catch((error: unknown) => res.writeHead(500).end(JSON.stringify({ error: String(error) })));
  });
  const port = await listen(https);
  const proxy = createHttpServer((_req, res) => res.writeHead(403).end());
  proxy.on('connect', (req: IncomingMessage, socket, head: Buffer) => {
    const host = String(req.url).split(':')[0] ?? '';
    if (!HOSTS.includes(host)) {
      strangers.add(host);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const proxyPort = await listen(proxy);
  return {
    proxyUrl: `http://127.0.0.1:${proxyPort}`,
    certificate,
    strangers,
    close: async () => {
      for (const server of [proxy, https]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function makeCertificate(folder: string): { readonly key: string; readonly certificate: string } {
  const key = join(folder, 'providers.key');
  const certificate = join(folder, 'providers.pem');
  const names = HOSTS.map((host) => `DNS:${host}`).join(',');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=providers'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', [...request, ...files, '-addext', `subjectAltName=${names}`], { stdio: 'pipe' });
  return { key, certificate };
}

async function listen(server: Server | ReturnType<typeof createHttpsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

async function providerAnswer(world: World, req: IncomingMessage): Promise<Answer> {
  const host = req.headers.host ?? '';
  const body = await text(req);
  const given: unknown = body === '' ? {} : JSON.parse(body);
  if (host.startsWith('slack')) return slack(world, given);
  if (host.startsWith('api.airtable')) return airtable(world, new URL(`https://${host}${req.url}`), given);
  const { status, text: answer } = sendSms(world, given);
  return { status, value: JSON.parse(answer) };
}

function slack(world: World, given: unknown): Answer {
  if (world.down.has('slack')) return { status: 503, value: { ok: false, error: 'service_unavailable' } };
  const { channel, text: message } = z.object({ channel: z.string(), text: z.string() }).parse(given);
  world.slack.push(message);
  return { status: 200, value: { ok: true, channel, ts: '1700000000.000100', message: { text: message } } };
}

const fields = z.record(z.string(), z.unknown());
const written = z.union([
  z.object({ fields }),
  z.object({
    records: z.array(z.object({ id: z.string().optional(), fields })),
    performUpsert: z.object({ fieldsToMergeOn: z.array(z.string()) }).optional(),
  }),
]);

function airtable(world: World, { pathname, searchParams }: URL, given: unknown): Answer {
  if (world.down.has('airtable')) {
    return { status: 503, value: { error: { type: 'SERVICE_UNAVAILABLE', message: 'The service is unavailable' } } };
  }
  const table = decodeURIComponent(pathname.split('/')[3] ?? '');
  const records = world.tables.get(table) ?? [];
  world.tables.set(table, records);
  const change = written.safeParse(given);
  if (!change.success) return { status: 200, value: { records: find(records, searchParams).map(shown) } };
  if ('fields' in change.data) {
    return { status: 200, value: shown(changeRecord(records, change.data.fields, [])) };
  }
  const match = change.data.performUpsert?.fieldsToMergeOn ?? ['id'];
  const changed = change.data.records.map((one) =>
    changeRecord(records, { ...one.fields, ...(one.id && { id: one.id }) }, match),
  );
  return { status: 200, value: { records: changed.map(shown) } };
}

function find(records: readonly AirtableRecord[], asked: URLSearchParams): AirtableRecord[] {
  const formula = asked.get('filterByFormula');
  const found = records.filter((record) => formula === null || formula === '' || matches(formula, record.fields));
  const by = asked.get('sort[0][field]');
  if (by) found.sort((a, b) => String(a.fields[by] ?? '').localeCompare(String(b.fields[by] ?? '')));
  return found.slice(0, Number(asked.get('maxRecords') ?? 100));
}

function shown({ id, fields: values }: AirtableRecord) {
  const filled = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return { id, createdTime: CREATED, fields: Object.fromEntries(filled) };
}
