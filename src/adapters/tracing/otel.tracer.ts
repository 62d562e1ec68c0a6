import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  INVALID_SPAN_CONTEXT, ROOT_CONTEXT, SpanKind, SpanStatusCode, isSpanContextValid, trace, type Context, type Span as OtelSpan, type SpanContext, type Tracer as OtelApi,
} from '@opentelemetry/api';
import { TRACE_PARENT_HEADER, TRACE_STATE_HEADER, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, resourceAttributesEnvDetector, resourceFromAttributes, serviceNameEnvDetector } from '@opentelemetry/resources';
import {
  BatchSpanProcessor, ParentBasedSampler, SimpleSpanProcessor, TraceIdRatioBasedSampler, TracerProvider, type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { ATTR_ERROR_TYPE, ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { isStrataError, type ErrorCode } from '../../domain/errors.js';
import type { Span, SpanAttributes, SpanFacts, TraceCarrier, Tracer } from '../../ports/tracer.port.js';

export interface OtelOptions {
  /** Of an OTLP collector over HTTP. Left out: `OTEL_EXPORTER_OTLP_ENDPOINT`, or http://localhost:4318. */
  endpoint?: string;
  /** Left out: `OTEL_SERVICE_NAME`, or `strata`. */
  serviceName?: string;
  serviceVersion: string;
  /** Of the traces that begin here; whoever hands a trace in has decided for it. 0 to 1. */
  sampleRatio: number;
  /** Instead of the collector, each span as soon as it ends. */
  exporter?: SpanExporter;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL };
const TRACES_PATH = '/v1/traces';
/**
 * Faults of the installation, whose messages name parts and settings. Any other message may repeat what a client sent, or what
 * a database or a reader of files came upon: of those, the code alone is told.
 */
const OURS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['DEPENDENCY_UNAVAILABLE', 'NOT_CONFIGURED', 'INTERNAL_SERVER_ERROR']);
/** The program's end waits for this, too. */
const FAREWELL_MS = 3_000;

/**
 * Traces by OpenTelemetry's SDK, sent as OTLP over HTTP. Nothing is registered globally and no module is patched, so that
 * what the program is told to follow is all that is followed, and several programs in one process do not meet.
 */
export class OtelTracer implements Tracer {
  private readonly provider: TracerProvider;
  private readonly tracer: OtelApi;
  private readonly active = new AsyncLocalStorage<OtelledSpan | null>();

  constructor(options: OtelOptions) {
    this.provider = new TracerProvider({
      resource: resourceOf(options),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sampleRatio) }),
      spanProcessors: [options.exporter ? new SimpleSpanProcessor({ exporter: options.exporter }) : new BatchSpanProcessor({ exporter: collector(options.endpoint) })],
    });
    this.tracer = this.provider.getTracer('strata', options.serviceVersion);
  }

  start(name: string, { kind = 'internal', attributes, parent = this.current(), links = [] }: SpanFacts = {}): Span {
    const span = this.tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        ...(attributes && { attributes: present(attributes) }),
        links: links.map((link) => ({ context: spanContextOf(link) })).filter(({ context }) => isSpanContextValid(context)),
      },
      parent === null ? ROOT_CONTEXT : contextOf(parent),
    );
    return new OtelledSpan(span);
  }

  within<T>(span: Span | null, work: () => T): T {
    return this.active.run(span as OtelledSpan | null, work);
  }

  async during<T>(name: string, facts: SpanFacts, work: (span: Span) => Promise<T>): Promise<T> {
    const span = this.start(name, facts);
    try {
      const result = await this.within(span, () => work(span));
      span.end();
      return result;
    } catch (error) {
      span.end(error);
      throw error;
    }
  }

  current(): Span | null {
    return this.active.getStore() ?? null;
  }

  /** Sends what has ended, then stops. What a collector does not take within 3 s is lost. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FAREWELL_MS);
    });
    try {
      await Promise.race([this.provider.shutdown().catch(() => undefined), givenUp]);
    } finally {
      clearTimeout(timer);
    }
  }
}

class OtelledSpan implements Span {
  constructor(readonly inner: OtelSpan) {}

  get carrier(): TraceCarrier {
    const fields: Partial<Record<typeof TRACE_PARENT_HEADER | typeof TRACE_STATE_HEADER, string>> = {};
    propagator.inject(trace.setSpan(ROOT_CONTEXT, this.inner), fields, { set: (into, name, value) => Object.assign(into, { [name]: value }) });
    return fields as TraceCarrier;
  }

  set(attributes: SpanAttributes): void {
    this.inner.setAttributes(present(attributes));
  }

  end(error?: unknown): void {
    if (error !== undefined) {
      const { code, name } = error as { code?: unknown; name?: unknown };
      // No stack and no exception event: what an error wraps may hold a vendor's values.
      this.inner.setStatus({ code: SpanStatusCode.ERROR, ...(isStrataError(error) && OURS.has(error.code) && { message: error.message }) });
      this.inner.setAttribute(ATTR_ERROR_TYPE, String(code ?? name ?? 'error'));
    }
    this.inner.end();
  }
}

const propagator = new W3CTraceContextPropagator();

function contextOf(parent: Span | TraceCarrier): Context {
  if (parent instanceof OtelledSpan) return trace.setSpan(ROOT_CONTEXT, parent.inner);
  return propagator.extract(ROOT_CONTEXT, parent, {
    get: (carrier, name) => (carrier as unknown as Record<string, string | undefined>)[name],
    keys: (carrier) => Object.keys(carrier as object),
  });
}

function spanContextOf(of: Span | TraceCarrier): SpanContext {
  return trace.getSpanContext(contextOf(of)) ?? INVALID_SPAN_CONTEXT;
}

function present(attributes: SpanAttributes): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined));
}

function resourceOf({ serviceName, serviceVersion }: OtelOptions) {
  // The later wins: what the configuration names, over the environment, over the defaults.
  return defaultResource()
    // One trace goes over several processes; the instance says which of them a span is from.
    .merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'strata', [ATTR_SERVICE_VERSION]: serviceVersion, [ATTR_SERVICE_INSTANCE_ID]: randomUUID() }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }))
    .merge(resourceFromAttributes(serviceName === undefined ? {} : { [ATTR_SERVICE_NAME]: serviceName }));
}

function collector(endpoint: string | undefined): OTLPTraceExporter {
  if (endpoint === undefined) return new OTLPTraceExporter();
  return new OTLPTraceExporter({ url: endpoint.endsWith(TRACES_PATH) ? endpoint : `${endpoint}${TRACES_PATH}` });
}
