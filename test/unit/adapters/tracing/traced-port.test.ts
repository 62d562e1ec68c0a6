import { describe, expect, it } from 'vitest';
import { OtelTracer } from '../../../../src/adapters/tracing/otel.tracer.js';
import { tracedPort } from '../../../../src/adapters/tracing/traced-port.js';
import { traceStatements, withoutValues } from '../../../../src/adapters/tracing/traced-statements.js';
import { CollectedSpans } from '../../../support/collected-spans.js';

const tracing = () => {
  const spans = new CollectedSpans();
  return { spans, tracer: new OtelTracer({ serviceVersion: '1', sampleRatio: 1, exporter: spans }) };
};

class Store {
  readonly capabilities = { minPartSize: 1 };
  #reads = 0;

  async read(key: string): Promise<number> {
    if (key === 'gone') throw new Error('There is nothing there.');
    return (this.#reads += 1);
  }
  async sweep(): Promise<void> {
    this.#reads = 0;
  }
}

describe('a port that is followed', () => {
  it('answers as it did, and each call within a span is a span', async () => {
    const { spans, tracer } = tracing();
    const store = tracedPort(new Store(), 'objects', { read: (key: string) => ({ key }) }, tracer);
    expect(await store.read('a')).toBe(1);
    await tracer.during('request', {}, async () => {
      expect(await store.read('b')).toBe(2);
      await expect(store.read('gone')).rejects.toThrow('There is nothing there.');
      await store.sweep();
    });
    expect(await store.read('c')).toBe(1);
    expect(store.capabilities).toEqual({ minPartSize: 1 });
    expect(store).toBeInstanceOf(Store);
    expect(store.read).toBe(store.read);
    expect(spans.all.map(({ name, attributes, status }) => [name, attributes.key, status.code])).toEqual([
      ['objects read', 'b', 0],
      ['objects read', 'gone', 2],
      ['request', undefined, 0],
    ]);
  });
});

describe('a statement', () => {
  it('is a span within a span alone, from its going out to its coming back', async () => {
    const { spans, tracer } = tracing();
    let heard: (text: string) => ((error?: unknown) => void) | undefined = () => undefined;
    traceStatements({ onStatement: (listener) => ((heard = listener), () => undefined) }, tracer);
    expect(heard('SELECT 1')).toBeUndefined();
    await tracer.during('request', {}, async () => {
      const end = heard("-- why\n  with x AS (SELECT $1)\n SELECT 'Marguerite'");
      expect(spans.all).toEqual([]);
      end!(Object.assign(new Error('deadlock detected'), { code: '40P01', severity: 'ERROR' }));
      heard('SELECT 1')!(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    });
    expect(spans.all[0]).toMatchObject({
      name: 'SQL WITH',
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': '-- why with x AS (SELECT $1) SELECT ?', 'error.type': '40P01', 'db.response.status_code': '40P01' },
    });
    expect(spans.all[1]!.attributes).toEqual({ 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.query.text': 'SELECT 1', 'error.type': 'EPIPE' });
  });

  it.each([
    ["SELECT 'it''s', $1, e'\\n'", 'SELECT ?, $1, e?'],
    ['DO $$ BEGIN secret; END $$; SELECT 1', 'DO ?; SELECT 1'],
    ["SELECT $tag$ don't $$ tell $tag$", 'SELECT ?'],
    ["SELECT 'unclosed", 'SELECT ?'],
    ["SELECT\n\t  a\n  FROM b WHERE c = $10::uuid", 'SELECT a FROM b WHERE c = $10::uuid'],
  ])('%j is told without values', (text, told) => {
    expect(withoutValues(text)).toBe(told);
  });

  it('of any length is told to a bounded length, fast', () => {
    expect(withoutValues(`SELECT ${'x, '.repeat(1e6)}`).length).toBe(2_001);
    const begun = performance.now();
    withoutValues("'".repeat(1e6));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
