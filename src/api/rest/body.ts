import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { AppError } from '#domain/errors.ts';
import { parseJson } from '#domain/json.ts';

/**
 * The JSON body of a request, parsed here and nowhere else.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, TOO_LARGE (in bytes), INVALID_JSON (also for text that is not UTF-8)
 */
export async function readJson(c: Context, maxBytes: number): Promise<unknown> {
  assertJson(c.req.header('content-type'));
  assertLength(Number(c.req.header('content-length') ?? 0), maxBytes);
  return parse(await bytesOf(c, maxBytes));
}

/** The body as it came. @throws AppError TOO_LARGE, INVALID_JSON when it was cut off */
export async function bytesOf(c: Context, maxBytes: number): Promise<Buffer> {
  try {
    return Buffer.from(await bounded(c.req.raw, maxBytes).arrayBuffer());
  } catch (error) {
    throw error instanceof AppError ? error : cutOff(error);
  }
}

/**
 * The same request, whose body fails with TOO_LARGE as soon as it is larger than that, however it says to be: one without
 * a Content-Length would else be kept in memory whole before its size is known.
 */
export function bounded(request: Request, maxBytes: number): Request {
  const { method, headers, signal } = request;
  const length = headers.get('content-length');
  if (request.body === null || (length !== null && Number(length) <= maxBytes)) return request;
  const body = boundedStream(request.body.getReader(), maxBytes);
  // The types of the DOM do not know `duplex`, without which Node takes no stream.
  const init = { method, headers, signal, body, duplex: 'half' };
  return new Request(request.url, init);
}

function boundedStream(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): ReadableStream<Uint8Array> {
  let length = 0;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      length += value.byteLength;
      if (length <= maxBytes) return controller.enqueue(value);
      controller.error(tooLarge(maxBytes));
      await letGoBy(reader);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Whoever is still sending hears the answer only when he may go on. */
async function letGoBy(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // He has heard it, and gone.
  }
}

/** The same for a request that no framework has touched. */
export async function readJsonOf(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  assertJson(req.headers['content-type']);
  assertLength(Number(req.headers['content-length'] ?? 0), maxBytes);
  return parse(await receive(req, maxBytes));
}

function assertJson(contentType: string | undefined): void {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && !type.endsWith('+json')) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
}

function assertLength(length: number, maxBytes: number): void {
  if (length > maxBytes) throw tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): AppError {
  const message = `must not be larger than ${Math.floor(maxBytes / 1024)} KB`;
  return new AppError('TOO_LARGE', { issues: [{ path: '', message }] });
}

/** What comes after a body has become too large is let go by. */
function receive(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    req.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.once('error', (cause) => reject(cutOff(cause)));
  });
}

/** The caller went away before the body was whole: nobody hears the answer, and nobody is to blame. */
function cutOff(cause: unknown): AppError {
  return new AppError('INVALID_JSON', { issues: [{ path: '', message: 'was cut off' }], cause });
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw invalidJson('is not valid UTF-8');
  const text = bytes.toString();
  try {
    return parseJson(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch (error) {
    throw invalidJson(error instanceof SyntaxError ? error.message : 'nests too deep', error);
  }
}

const BYTE_ORDER_MARK = '\ufeff';

function invalidJson(message: string, cause?: unknown): AppError {
  return new AppError('INVALID_JSON', { issues: [{ path: '', message }], cause });
}
