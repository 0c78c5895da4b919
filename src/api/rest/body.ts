import type { Context } from 'hono';
import { AppError } from '#domain/errors.ts';
import { parseJson } from '#domain/json.ts';

/**
 * The JSON body of a request, parsed here and nowhere else.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, TOO_LARGE (in bytes), INVALID_JSON (also for text that is not UTF-8)
 */
export async function readJson(c: Context, maxBytes: number): Promise<unknown> {
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && !type.endsWith('+json')) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  const length = Number(c.req.header('content-length') ?? 0);
  if (length > maxBytes) throw tooLarge(maxBytes);
  const bytes = await received(c);
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  try {
    return parseJson(UTF8.decode(bytes));
  } catch (error) {
    throw new AppError('INVALID_JSON', { issues: [{ path: '', message: reasonOf(error) }], cause: error });
  }
}

/** @throws AppError INVALID_JSON when the caller went away before it was whole; nobody hears it, and nobody is to blame */
async function received(c: Context): Promise<ArrayBuffer> {
  try {
    return await c.req.arrayBuffer();
  } catch (error) {
    throw new AppError('INVALID_JSON', { issues: [{ path: '', message: 'was cut off' }], cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return error.message;
  return error instanceof RangeError ? 'nests too deep' : 'is not valid UTF-8';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function tooLarge(maxBytes: number): AppError {
  const message = `must not be larger than ${Math.floor(maxBytes / 1024)} KB`;
  return new AppError('TOO_LARGE', { issues: [{ path: '', message }] });
}
