import { type Attributes, context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { currentRequest } from './request-scope.ts';

/**
 * Traces by OpenTelemetry, when OTEL_EXPORTER_OTLP_ENDPOINT says where to send them. The packages that make and send them
 * are loaded only then; otherwise every call here does the work it is given and nothing else.
 */
export interface Tracing {
  readonly isOn: boolean;
  /** The span of a request, child of the one that `traceparent` names; undefined when off. */
  beginRequest(method: string, traceparent: string | undefined): Span | undefined;
  endRequest(span: Span, route: string, status: number): void;
  /** Does `work` in a span below that of the current request. */
  inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** Sends what waits. */
  stop(): Promise<void>;
}

export const tracingOff: Tracing = {
  isOn: false,
  beginRequest: () => undefined,
  endRequest: () => undefined,
  inSpan: (_name, _attributes, work) => work(),
  stop: async () => undefined,
};

/** `endpoint` as in OTEL_EXPORTER_OTLP_ENDPOINT: the address of a collector, without /v1/traces. */
export async function startTracing(endpoint: string): Promise<Tracing> {
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'historybook' }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('historybook');
  const begin = (name: string, attributes: Attributes, kind: SpanKind, parent = ROOT_CONTEXT) =>
    tracer.startSpan(name, { attributes, kind }, parent);
  return {
    isOn: true,
    beginRequest: (method, traceparent) =>
      begin(method, { 'http.request.method': method }, SpanKind.SERVER, contextOf(traceparent)),
    endRequest(span, route, status) {
      span.updateName(route);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
    async inSpan(name, attributes, work) {
      const parent = currentRequest()?.span;
      const span = begin(name, attributes, SpanKind.INTERNAL, parent && trace.setSpan(context.active(), parent));
      try {
        return await work();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
        throw error;
      } finally {
        span.end();
      }
    },
    stop: () => provider.shutdown(),
  };
}

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function contextOf(traceparent: string | undefined) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}
