import { describe, expect, it } from 'vitest';
import { OtelTracer } from '../../../../src/adapters/tracing/otel.tracer.js';
import { badInput, conflict, dependencyUnavailable } from '../../../../src/domain/errors.js';
import { CollectedSpans, idOf, parentOf, traceOf } from '../../../support/collected-spans.js';

function tracing(sampleRatio = 1) {
  const spans = new CollectedSpans();
  return { spans, tracer: new OtelTracer({ serviceVersion: '1', sampleRatio, exporter: spans }) };
}
const named = (spans: CollectedSpans, name: string) => spans.all.find((span) => span.name === name)!;

describe('a span', () => {
  it('is beneath the one that is current, through whatever is awaited, and not beneath its sister', async () => {
    const { spans, tracer } = tracing();
    await tracer.during('request', {}, async () => {
      await Promise.all(['a', 'b'].map((name) => tracer.during(name, {}, async () => new Promise((resolve) => setImmediate(resolve)))));
      tracer.within(null, () => tracer.start('apart').end());
    });
    expect([named(spans, 'a'), named(spans, 'b')].map(parentOf)).toEqual([idOf(named(spans, 'request')), idOf(named(spans, 'request'))]);
    expect(traceOf(named(spans, 'apart'))).not.toBe(traceOf(named(spans, 'request')));
    expect(tracer.current()).toBeNull();
  });

  it('goes on with a trace that came from elsewhere, and says how to go on with its own', () => {
    const { spans, tracer } = tracing();
    const span = tracer.start('job', { parent: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1' } });
    span.end();
    expect(traceOf(named(spans, 'job'))).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(parentOf(named(spans, 'job'))).toBe('b7ad6b7169203331');
    expect(span.carrier).toEqual({ traceparent: `00-0af7651916cd43dd8448eb211c80319c-${idOf(named(spans, 'job'))}-01`, tracestate: 'vendor=1' });
  });

  it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', `00-${'g'.repeat(32)}-b7ad6b7169203331-01`])(
    'begins a trace where what came along is none: %j',
    (traceparent) => {
      const { spans, tracer } = tracing();
      tracer.start('request', { parent: { traceparent }, links: [{ traceparent }] }).end();
      expect(parentOf(named(spans, 'request'))).toBeUndefined();
      expect(named(spans, 'request').links).toEqual([]);
    },
  );

  it('that failed says with what, and lets the failure pass', async () => {
    const { spans, tracer } = tracing();
    const failure = dependencyUnavailable('vectors', new Error('connect ECONNREFUSED'));
    await expect(tracer.during('field', { attributes: { left: undefined, kept: 3 } }, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(named(spans, 'field')).toMatchObject({
      attributes: { 'error.type': 'DEPENDENCY_UNAVAILABLE', kept: 3 },
      status: { code: 2, message: 'The vectors did not answer. Try again in a moment.' },
      events: [],
    });
    expect(named(spans, 'field').attributes).not.toHaveProperty('left');
  });

  it.each([
    ['BAD_USER_INPUT', badInput('There is no model "zanzibar".')],
    ['CONFLICT', conflict('Another live object has the content of "zanzibar.txt".')],
    ['DAMAGED', Object.assign(new Error('The PDF cannot be opened: zanzibar is no xref.'), { code: 'DAMAGED' })],
    ['22P02', Object.assign(new Error('invalid input syntax for type integer: "zanzibar"'), { code: '22P02' })],
    ['SyntaxError', new SyntaxError('"zanzibar" is not valid JSON')],
  ])('that failed with %s tells that alone: its message may repeat what was sent or read', async (type, failure) => {
    const { spans, tracer } = tracing();
    await expect(tracer.during('field', {}, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(named(spans, 'field')).toMatchObject({ attributes: { 'error.type': type }, status: { code: 2 }, events: [] });
    expect(JSON.stringify([named(spans, 'field').status, named(spans, 'field').attributes])).not.toContain('zanzibar');
  });
});

describe('the sample', () => {
  it('is of the traces that begin here, whole or not at all', async () => {
    const { spans, tracer } = tracing(0.5);
    for (let i = 0; i < 400; i += 1) await tracer.during('request', {}, () => tracer.during('inner', {}, async () => undefined));
    const requests = spans.all.filter((span) => span.name === 'request');
    expect(requests.length).toBeGreaterThan(120);
    expect(requests.length).toBeLessThan(280);
    expect(new Set(spans.all.filter((span) => span.name === 'inner').map(parentOf))).toEqual(new Set(requests.map(idOf)));
  });

  it('leaves alone what the caller decided', () => {
    const { spans, tracer } = tracing(0);
    tracer.start('asked for', { parent: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } }).end();
    tracer.start('refused', { parent: { traceparent: '00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-00' } }).end();
    tracer.start('of our own').end();
    expect(spans.all.map((span) => span.name)).toEqual(['asked for']);
  });
});

describe('whose spans they are', () => {
  it('is said by the configuration', async () => {
    const { spans } = tracing();
    const tracer = new OtelTracer({ serviceName: 'strata-worker', serviceVersion: '7', sampleRatio: 1, exporter: spans });
    tracer.start('one').end();
    await tracer.close();
    expect(named(spans, 'one').resource.attributes).toMatchObject({ 'service.name': 'strata-worker', 'service.version': '7' });
  });

  it('is told of each process apart', () => {
    const instances = [tracing(), tracing()].map(({ spans, tracer }) => {
      tracer.start('one').end();
      return named(spans, 'one').resource.attributes['service.instance.id'];
    });
    expect(instances.every((id) => typeof id === 'string' && id !== '')).toBe(true);
    expect(instances[0]).not.toBe(instances[1]);
  });
});
