import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import {
  openWeaviate,
  type WeaviateOptions,
  type WeaviateStores,
} from '../../src/adapters/vectors/weaviate/open-weaviate.js';
import type { ServiceAddress } from './services.js';

export interface TestWeaviate {
  readonly collectionPrefix: string;
  readonly collection: string;
  /** Another client of the same collection each time. */
  open(more?: Partial<WeaviateOptions>): WeaviateStores;
  /** The server's HTTP API, below `/v1`. */
  http(method: string, path: string, body?: unknown): Promise<Response>;
  /** Closes all clients and deletes the collection. */
  end(): Promise<void>;
}

/** A collection that nobody else uses, not made yet. */
export function freshWeaviate(address: ServiceAddress): TestWeaviate {
  const collectionPrefix = `Test${randomBytes(6).toString('hex')}`;
  const collection = `${collectionPrefix}Passage`;
  const opened: WeaviateStores[] = [];
  const http: TestWeaviate['http'] = (method, path, body) =>
    fetch(`${address.url}/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    collectionPrefix,
    collection,
    open(more) {
      const { url, grpcPort } = address;
      const stores = openWeaviate({ url, grpcPort: Number(grpcPort ?? 50_051), collectionPrefix, spaces: [], ...more });
      opened.push(stores);
      return stores;
    },
    http,
    async end() {
      await Promise.all(opened.map((stores) => stores.close()));
      await http('DELETE', `/schema/${collection}`);
    },
  };
}

/** One for the `describe` that calls this, gone after its tests. Without an address it is for describes that are skipped. */
export function withWeaviate(address: ServiceAddress | null): TestWeaviate {
  const weaviate = freshWeaviate(address ?? { url: 'http://127.0.0.1:1' });
  afterAll(() => weaviate.end());
  return weaviate;
}
