import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import type { Principal } from '#domain/principal.ts';
import { type Download, UPLOAD_KINDS, uploadRequest } from '#ops/import-control/index.ts';
import type { Services } from '../services.ts';
import { idParam, pathId } from './action.ts';
import { defineRoute, errorResponses, type RestApp, type RestEnv } from './route.ts';

const permission = 'import:manage';
const tags = ['Import'];
const EXAMPLE_FILE = `Record ID,Event,Event Time,Phone,Message
recAudit0000001,Sent,2025-09-17T14:30:00Z,+14085551234,Hey John
`;

const upload = defineRoute({
  permission,
  method: 'post',
  path: '/api/admin/imports',
  tags,
  summary: "Send a file of an older system's records: to import it, to try it, or to compare it with the book",
  description:
    'The body is the file itself, up to 8 GB; it goes to disk as it comes. What becomes of it is on the pages Import and Parity. See docs/import.md.',
  request: {
    query: z.object({
      kind: z
        .enum(UPLOAD_KINDS)
        .openapi({ example: 'try', description: 'try says what would be refused, and stores nothing.' }),
      mapping: z.string().openapi({ example: 'sms-audit', description: 'How its columns are to be understood.' }),
      fileName: z.string().openapi({ example: 'SMS_Audit.csv' }),
      format: z.enum(['csv', 'json', 'ndjson']).optional(),
      delimiter: z.string().optional(),
      encoding: z.enum(['utf8', 'latin1', 'utf16le']).optional(),
    }),
    body: {
      content: {
        'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }), example: EXAMPLE_FILE },
      },
    },
  },
  responses: {
    202: {
      description: 'Taken; the id of the import, or of the comparison',
      content: { 'application/json': { schema: z.object({ id: z.uuid() }) } },
    },
    ...errorResponses('INVALID_INPUT', 'NOT_FOUND', 'TOO_LARGE', 'UNAVAILABLE'),
  },
});

const file = (description: string) => ({ description, content: { 'text/csv': { schema: z.string() } } });

const rejected = defineRoute({
  permission,
  method: 'get',
  path: '/api/admin/imports/{id}/rejected',
  tags,
  summary: 'The records that an import refused, as a file to put right and import again',
  request: { params: idParam },
  responses: { 200: file('CSV for a CSV file, else NDJSON'), ...errorResponses('NOT_FOUND', 'UNAVAILABLE') },
});

const items = defineRoute({
  permission,
  method: 'get',
  path: '/api/admin/parity/{id}/items',
  tags,
  summary: 'Each record that is missing or different, and each activity that the file does not have, as CSV',
  request: { params: idParam },
  responses: { 200: file('No cell begins like a formula'), ...errorResponses('NOT_FOUND', 'UNAVAILABLE') },
});

export function registerImports(app: RestApp, { imports }: Pick<Services, 'imports'>): void {
  for (const route of [upload, rejected, items]) app.openAPIRegistry.registerPath(route);

  app.post(upload.getRoutingPath(), upload.middleware, async (c) => {
    const request = parseInput(uploadRequest, c.req.query());
    const body = streamOf(c.req.raw);
    if (body === undefined) throw new AppError('INVALID_INPUT', { issues: [{ path: 'file', message: 'is empty' }] });
    const { principal } = c.var;
    const bytes = Number(c.req.header('content-length') ?? 0);
    return c.json(await imports.upload(principal.workspaceId, labelOf(principal), request, body, bytes), 202);
  });
  app.get(rejected.getRoutingPath(), rejected.middleware, async (c) =>
    answerFile(c, await imports.rejectFile(c.var.principal.workspaceId, pathId(c))),
  );
  app.get(items.getRoutingPath(), items.middleware, async (c) =>
    answerFile(c, await imports.itemsFile(c.var.principal.workspaceId, pathId(c))),
  );
}

/** The body as it comes; undefined when there is none. */
function streamOf({ body }: Request): Readable | undefined {
  return body === null ? undefined : Readable.from(chunksOf(body.getReader()));
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Whoever stopped listening before the end wants no more of it.
    await reader.cancel().catch(() => undefined);
  }
}

function answerFile(c: Context<RestEnv>, { fileName, contentType, body }: Download): Response {
  const name = fileName.replaceAll(/[^\w.-]+/g, '_');
  const headers = { 'Content-Type': contentType, 'Content-Disposition': `attachment; filename="${name}"` };
  return c.body(streamed(body), 200, headers);
}

function streamed(parts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = parts[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

function labelOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.email : `key ${principal.name}`;
}
