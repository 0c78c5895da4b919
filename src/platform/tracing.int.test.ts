import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { exampleEvent } from '#testing/example-event.ts';
import { INGEST_KEY, startIngestApp } from '#testing/ingest-app.ts';

const spanSchema = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

/** A collector as OTLP over HTTP with JSON has it. */
async function startCollector() {
  const spans: z.infer<typeof spanSchema>[] = [];
  const paths: string[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    paths.push(req.url ?? '');
    const { resourceSpans } = exportSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, spans, paths };
}

test('request, flight, search and stream are spans of one trace each, below that of the caller', async () => {
  const collector = await startCollector();
  const app = await startIngestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  await app.post('/api/internal/log-activity', exampleEvent('traced'), { traceparent });
  await app.get('/api/admin/activity-logs?search=traced');
  const abort = new AbortController();
  await fetch(`${app.url}/api/stream`, { headers: { 'x-api-key': INGEST_KEY }, signal: abort.signal });
  abort.abort();
  await app.stop();

  expect(new Set(collector.paths)).toEqual(new Set(['/v1/traces']));
  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  const [request] = named('POST /api/internal/log-activity');
  expect(request).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  expect(named('ingest.flight').map(({ parentSpanId }) => parentSpanId)).toContain(request?.spanId);
  const [search] = named('GET /api/admin/activity-logs');
  expect(named('query.feed')).toMatchObject([{ traceId: search?.traceId, parentSpanId: search?.spanId }]);
  const [stream] = named('GET /api/stream');
  expect(named('live.admit')).toMatchObject([{ traceId: stream?.traceId, parentSpanId: stream?.spanId }]);
});
