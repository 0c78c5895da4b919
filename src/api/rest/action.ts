import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '#domain/errors.ts';
import { UUID_PATTERN } from '#domain/ids.ts';
import { parseInput } from '#domain/issues.ts';
import { idempotencyKey } from '#domain/lead-input.ts';
import type { ActionReceipt } from '#domain/lead-view.ts';
import { bytesOf, readJson } from './body.ts';
import { errorResponses, type RestEnv } from './route.ts';

/** What the actions on leads and campaigns share: the key, the id in the path, the small body, the receipt. */
const MAX_BODY_BYTES = 64 * 1024;

export const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .max(255)
    .optional()
    .openapi({
      description:
        'The same key and body again is answered like the first time, with duplicate true, and changes nothing; the ' +
        'same key with another body is 409.',
    }),
});

export const idParam = z.object({ id: z.uuid() });

export const actionReceiptSchema = z
  .object({
    success: z.literal(true),
    duplicate: z.boolean().openapi({ description: 'True when the idempotency key was seen before.' }),
    activityId: z.uuid().openapi({ description: 'The activity that tells of it.' }),
    timestamp: z.iso.datetime(),
    leadId: z.uuid().nullable(),
    details: z.record(z.string(), z.unknown()).openapi({ description: 'The metadata of the activity.' }),
  })
  .openapi('ActionReceipt') satisfies z.ZodType<ActionReceipt>;

/** OpenAPI entries of a body in JSON, with an example that the document's test sends as it stands. */
export function jsonBody<S extends z.ZodType>(schema: S, example: z.input<S>, required = true) {
  return { content: { 'application/json': { schema, example } }, required };
}

/** OpenAPI entries of an action's answers. */
export const actionResponses = {
  200: { description: 'Done', content: { 'application/json': { schema: actionReceiptSchema } } },
  ...errorResponses(
    'INVALID_JSON',
    'INVALID_INPUT',
    'NOT_FOUND',
    'CONFLICT',
    'IDEMPOTENCY_CONFLICT',
    'TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'UNAVAILABLE',
  ),
};

/** The id in the path; what is no id names nothing. @throws AppError NOT_FOUND */
export function pathId(c: Context<RestEnv>): string {
  const id = c.req.param('id') ?? '';
  if (!UUID_PATTERN.test(id)) {
    const message = `There is nothing here under ${JSON.stringify(id.slice(0, 100))}: ids are UUIDs.`;
    throw new AppError('NOT_FOUND', { message });
  }
  return id;
}

/** @throws AppError INVALID_INPUT when it is empty or longer than 255 characters */
export function keyOf(c: Context<RestEnv>): string | undefined {
  return parseInput(z.object({ 'Idempotency-Key': idempotencyKey }), {
    'Idempotency-Key': c.req.header('idempotency-key'),
  })['Idempotency-Key'];
}

/** The body by its schema. @throws AppError as readJson, or INVALID_INPUT naming each field */
export async function bodyOf<S extends z.ZodType>(c: Context<RestEnv>, schema: S): Promise<z.output<S>> {
  return parseInput(schema, await readJson(c, MAX_BODY_BYTES));
}

/** As bodyOf, but sending nothing at all is sending `{}`. */
export async function optionalBodyOf<S extends z.ZodType>(c: Context<RestEnv>, schema: S): Promise<z.output<S>> {
  if (c.req.header('content-type') !== undefined) return bodyOf(c, schema);
  const { byteLength } = await bytesOf(c, MAX_BODY_BYTES);
  if (byteLength > 0) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  return parseInput(schema, {});
}
