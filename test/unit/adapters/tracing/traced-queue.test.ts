import { beforeEach, describe, expect, it } from 'vitest';
import { OtelTracer } from '../../../../src/adapters/tracing/otel.tracer.js';
import { tracedQueue } from '../../../../src/adapters/tracing/traced-queue.js';
import { dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { Job, JobRequest, Queue } from '../../../../src/ports/queue.port.js';
import { CollectedSpans, idOf, parentOf, traceOf } from '../../../support/collected-spans.js';

type Handler = (jobs: Job[], signal: AbortSignal) => Promise<void>;

/** Keeps what is enqueued until the test hands it to a worker. */
class HeldQueue {
  #stopped = false;
  readonly requests: JobRequest[] = [];
  handler: Handler = () => Promise.resolve();

  async enqueue(jobs: readonly JobRequest[]) {
    this.requests.push(...jobs);
  }
  async work(_name: string, _options: object, handler: Handler) {
    this.handler = handler;
  }
  async stop() {
    this.#stopped = true;
  }
  get stopped() {
    return this.#stopped;
  }
  handOut() {
    return this.handler(this.requests.map(({ data }, index) => ({ id: String(index), data })), new AbortController().signal);
  }
}

let spans: CollectedSpans;
let tracer: OtelTracer;
let held: HeldQueue;
let queue: Queue;

beforeEach(() => {
  spans = new CollectedSpans();
  tracer = new OtelTracer({ serviceVersion: '1', sampleRatio: 1, exporter: spans });
  held = new HeldQueue();
  queue = tracedQueue(held as unknown as Queue, tracer);
});

const request = (name: string, jobs = 1) =>
  tracer.during(name, {}, () => queue.enqueue(Array.from({ length: jobs }, (_, index) => ({ name: 'ingest', data: { ingestionId: `${name}-${index}` } }))));
const named = (name: string) => spans.all.filter((span) => span.name === name);
const work = (handler: Handler) => queue.work('ingest', { batchSize: 9, concurrency: 1 }, handler as never);

describe('a job', () => {
  it('is worked on in the trace of its request, which its handler does not see', async () => {
    const seen: object[] = [];
    await work(async (jobs) => {
      seen.push(...jobs.map((job) => job.data));
      tracer.start('stage').end();
    });
    await request('upload', 3);
    expect(held.requests[0]!.data).toMatchObject({ trace: { traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) as string } });
    await held.handOut();
    expect(seen).toEqual([0, 1, 2].map((index) => ({ ingestionId: `upload-${index}` })));
    const [process] = named('process ingest');
    expect(named('process ingest')).toHaveLength(1);
    expect(parentOf(process!)).toBe(idOf(named('enqueue ingest')[0]!));
    const told = { 'messaging.system': 'pgboss', 'messaging.destination.name': 'ingest', 'messaging.batch.message_count': 3 };
    expect(named('enqueue ingest')[0]!.attributes).toEqual({ ...told, 'messaging.operation.name': 'enqueue', 'messaging.operation.type': 'send' });
    expect(process!.attributes).toEqual({ ...told, 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' });
    expect(parentOf(named('stage')[0]!)).toBe(idOf(process!));
    expect(new Set(spans.all.map(traceOf)).size).toBe(1);
  });

  it('that nobody asked for, or whose trace is damaged, is worked on outside of any', async () => {
    await work(async () => expect(tracer.current()).toBeNull());
    await queue.enqueue([{ name: 'ingest', data: { ingestionId: 'x' } }]);
    expect(held.requests).toEqual([{ name: 'ingest', data: { ingestionId: 'x' } }]);
    held.requests.push({ name: 'ingest', data: { trace: { traceparent: 7 } } }, { name: 'ingest', data: { trace: null } });
    // Even where a request's own work woke the worker.
    await tracer.during('elsewhere', {}, () => held.handOut());
    expect(spans.all.map((span) => span.name)).toEqual(['elsewhere']);
  });

  it('in a batch of several requests is told in full in the first, and the others lead there', async () => {
    await work(async () => tracer.start('stage').end());
    for (const name of ['a', 'b', 'c']) await request(name);
    await held.handOut();
    const traces = ['a', 'b', 'c'].map((name) => traceOf(named(name)[0]!));
    const processed = traces.map((trace) => named('process ingest').find((span) => traceOf(span) === trace)!);
    expect(traceOf(named('stage')[0]!)).toBe(traces[0]);
    expect(processed[0]!.links.map((link) => link.context.traceId)).toEqual(traces.slice(1));
    for (const shadow of processed.slice(1)) {
      expect(shadow.links.map((link) => link.context.spanId)).toEqual([idOf(processed[0]!)]);
      expect(shadow.attributes).toMatchObject({ 'strata.shared': true, 'messaging.batch.message_count': 3 });
    }
  });

  it('that fails, fails in each of its traces, and in the queue', async () => {
    await work(() => Promise.reject(dependencyUnavailable('database', new Error('connection refused'))));
    for (const name of ['a', 'b']) await request(name);
    await expect(held.handOut()).rejects.toThrow('The database did not answer');
    expect(named('process ingest').map((span) => span.status)).toEqual([1, 2].map(() => ({ code: 2, message: 'The database did not answer. Try again in a moment.' })));
  });
});

describe('the rest of the queue', () => {
  it('is as it was, private parts and all', async () => {
    await queue.stop(1);
    expect(held.stopped).toBe(true);
    expect((queue as unknown as HeldQueue).stopped).toBe(true);
  });
});
