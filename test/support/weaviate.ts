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
}

/** A collection for the `describe` that calls this, gone after its tests, with every client of it. */
export function withWeaviate(address: ServiceAddress | null): TestWeaviate {
  const collectionPrefix = `Test${randomBytes(6).toString('hex')}`;
  const collection = `${collectionPrefix}Passage`;
  const opened: WeaviateStores[] = [];
  const http: TestWeaviate['http'] = (method, path, body) =>
    fetch(`${address!.url}/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  afterAll(async () => {
    await Promise.all(opened.map((stores) => stores.close()));
    await http('DELETE', `/schema/${collection}`);
  });
  return {
    collectionPrefix,
    collection,
    open(more) {
      const { url, grpcPort } = address!;
      const stores = openWeaviate({ url, grpcPort: Number(grpcPort), collectionPrefix, spaces: [], ...more });
      opened.push(stores);
      return stores;
    },
    http,
  };
}
