import { describe, expect, it } from 'vitest';
import { OtelTracer } from '../../../../src/adapters/tracing/otel.tracer.js';
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
    const failure = Object.assign(new Error('There is no such object.'), { code: 'NOT_FOUND' });
    await expect(tracer.during('field', { attributes: { left: undefined, kept: 3 } }, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(named(spans, 'field')).toMatchObject({
      attributes: { 'error.type': 'NOT_FOUND', kept: 3 },
      status: { code: 2, message: 'There is no such object.' },
      events: [],
    });
    expect(named(spans, 'field').attributes).not.toHaveProperty('left');
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
});
