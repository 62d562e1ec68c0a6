import { afterAll, describe } from 'vitest';
import { OtelTracer } from '../../src/adapters/tracing/otel.tracer.js';
import { tracedHybridStore } from '../../src/adapters/tracing/traced-parts.js';
import { CollectedSpans } from '../support/collected-spans.js';
import { serviceAddress } from '../support/services.js';
import { withWeaviate } from '../support/weaviate.js';
import { hybridStoreContract } from './hybrid-store.contract.js';

const address = serviceAddress('weaviate');

describe.skipIf(address === null)('with a Weaviate server', () => {
  const weaviate = withWeaviate(address);
  hybridStoreContract('Weaviate', () => ({ stores: () => weaviate.open() }));

  // The one other adapter of the port: it hands on what it is given, each call within a span.
  const tracer = new OtelTracer({ serviceVersion: '1', sampleRatio: 1, exporter: new CollectedSpans() });
  afterAll(() => tracer.close());
  hybridStoreContract('Weaviate, followed', () => ({
    stores: () => {
      const stores = weaviate.open();
      return { ...stores, hybrid: tracedHybridStore(stores.hybrid, tracer, 'weaviate') };
    },
  }));
});
