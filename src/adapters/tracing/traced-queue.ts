import {
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT, ATTR_MESSAGING_DESTINATION_NAME, ATTR_MESSAGING_OPERATION_NAME, ATTR_MESSAGING_OPERATION_TYPE, ATTR_MESSAGING_SYSTEM,
  MESSAGING_OPERATION_TYPE_VALUE_PROCESS, MESSAGING_OPERATION_TYPE_VALUE_SEND,
} from '@opentelemetry/semantic-conventions/incubating';
import type { Job, JobRequest, Queue } from '../../ports/queue.port.js';
import type { SpanAttributes, TraceCarrier, Tracer } from '../../ports/tracer.port.js';

/** Beside a job's own data. */
const FIELD = 'trace';

type Carried = { [FIELD]?: TraceCarrier };

/**
 * Jobs that know the trace of the request that made them. Whoever works on a job goes on with its trace, in this process or
 * another. Jobs that nobody asked for, and work that comes round by the clock, begin none.
 */
export function tracedQueue<Jobs extends Queue>(queue: Jobs, tracer: Tracer): Jobs {
  const enqueue: Queue['enqueue'] = async (jobs, within) => {
    const parent = tracer.current();
    if (parent === null || jobs.length === 0) return queue.enqueue(jobs, within);
    const names = [...new Set(jobs.map(({ name }) => name))].join(', ');
    return tracer.during(`enqueue ${names}`, { kind: 'producer', parent, attributes: messaging('enqueue', names, jobs.length) }, async ({ carrier }) =>
      queue.enqueue(jobs.map((job): JobRequest => ({ ...job, data: { ...job.data, [FIELD]: carrier } satisfies Carried })), within),
    );
  };
  const work: Queue['work'] = (name, options, handler) =>
    queue.work<Carried>(name, options, (jobs, signal) => followed(tracer, name, jobs, () => handler(jobs.map(withoutTrace) as unknown as Parameters<typeof handler>[0], signal)));

  return new Proxy(queue, {
    get(target, name) {
      if (name === 'enqueue') return enqueue;
      if (name === 'work') return work;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/**
 * A batch shares its statements, so its work belongs to no single trace. It is told in full in the first job's, with links
 * to the others'; each of those gets a span of the same length that leads here.
 */
async function followed(tracer: Tracer, queue: string, jobs: readonly Job<Carried>[], work: () => Promise<void>): Promise<void> {
  const carriers = distinctTraces(jobs);
  const [first, ...others] = carriers;
  // Without this the work would count to whatever woke the worker.
  if (first === undefined) return tracer.within(null, work);
  const attributes = messaging('process', queue, jobs.length);
  const batch = tracer.start(`process ${queue}`, { kind: 'consumer', parent: first, links: others, attributes });
  const shadows = others.map((parent) => tracer.start(`process ${queue}`, { kind: 'consumer', parent, links: [batch], attributes: { ...attributes, 'strata.shared': true } }));
  const end = (error?: unknown) => [batch, ...shadows].forEach((span) => span.end(error));
  try {
    await tracer.within(batch, work);
    end();
  } catch (error) {
    end(error);
    throw error;
  }
}

const TYPES = { enqueue: MESSAGING_OPERATION_TYPE_VALUE_SEND, process: MESSAGING_OPERATION_TYPE_VALUE_PROCESS };

const messaging = (operation: keyof typeof TYPES, queue: string, count: number): SpanAttributes => ({
  [ATTR_MESSAGING_SYSTEM]: 'pgboss',
  [ATTR_MESSAGING_OPERATION_NAME]: operation,
  [ATTR_MESSAGING_OPERATION_TYPE]: TYPES[operation],
  [ATTR_MESSAGING_DESTINATION_NAME]: queue,
  [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: count,
});

/** One a trace: several jobs of one request are told once. */
function distinctTraces(jobs: readonly Job<Carried>[]): TraceCarrier[] {
  const byTrace = new Map<string, TraceCarrier>();
  for (const { data } of jobs) {
    const carrier = data[FIELD];
    const id = typeof carrier?.traceparent === 'string' ? carrier.traceparent.split('-')[1] : undefined;
    if (carrier !== undefined && id !== undefined && !byTrace.has(id)) byTrace.set(id, carrier);
  }
  return [...byTrace.values()];
}

function withoutTrace(job: Job<Carried>): Job {
  const { [FIELD]: _trace, ...data } = job.data;
  return { ...job, data };
}
