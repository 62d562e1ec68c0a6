import { beforeAll } from 'vitest';

import type { Ingestion, Viewer } from '../../src/domain/model.js';
import type { Embedder } from '../../src/ports/embedder.port.js';
import type { MediaReader } from '../../src/ports/media.port.js';
import { AnnotationWorker } from '../../src/services/ingestion/annotation.worker.js';
import { IngestionWorker } from '../../src/services/ingestion/ingestion.worker.js';
import { ObjectCache } from '../../src/services/objects/object-cache.js';
import type { ServiceDependencies } from '../../src/services/shared/dependencies.js';
import type { TextAnnotator } from '../../src/services/annotators/text-annotator.js';
import { textKeywords } from '../../src/services/annotators/text-keywords.js';
import type { TestApp } from './app.js';

export interface TestWorkers {
  /** A worker of its own, as another process would have one, with some parts of the test's. */
  worker(parts?: Partial<ServiceDependencies>): IngestionWorker;
  annotator(annotators?: readonly TextAnnotator[]): AnnotationWorker;
  state(viewer: Viewer, ingestionId: string): Promise<Ingestion>;
  /** The real one, with something before it embeds: that may wait, or throw. */
  embedder(options: { before(texts: readonly string[]): Promise<void> | void }): Embedder;
  /** The real reader, and the paths that it was given to read. */
  countedMedia(): { media: MediaReader; read: string[] };
  /** As if the lease's holder had been silent for too long. */
  expireLease(ingestionId: string): Promise<void>;
  /** As if the time of the next attempt had come. */
  makeDue(ingestionId: string): Promise<void>;
}

export const never = new AbortController().signal;

/** For tests that drive the workers by hand: the program's own take no jobs. */
export function withWorkers(test: TestApp): TestWorkers {
  beforeAll(() => test.app.deps.queue.stop(1_000));
  const set = (sql: string, id: string) => test.app.engine.sql.query(`UPDATE ingestions SET ${sql} WHERE id = $1::uuid`, [id]);
  return {
    worker: (parts = {}) => new IngestionWorker({ ...test.app.deps, indexesNow: undefined, ...parts }, new ObjectCache(test.app.deps.cache)),
    annotator: (annotators = [textKeywords]) => new AnnotationWorker(test.app.deps, annotators),
    state: async (viewer, ingestionId) => (await test.app.services.ingestions.byIds(viewer, [ingestionId]))[0]!,
    embedder({ before }) {
      const { embedder } = test.app.deps;
      return {
        models: () => embedder.models(),
        embedTexts: async (model, texts, options) => {
          await before(texts);
          return embedder.embedTexts(model, texts, options);
        },
        embedMedia: (...args) => embedder.embedMedia(...args),
        embedMediaForAll: (...args) => embedder.embedMediaForAll(...args),
        splitPassages: (...args) => embedder.splitPassages(...args),
        close: () => Promise.resolve(),
      };
    },
    countedMedia() {
      const { media } = test.app.deps;
      const read: string[] = [];
      return {
        read,
        media: {
          sniff: (...args) => media.sniff(...args),
          extract: (input) => {
            read.push(input.path);
            return media.extract(input);
          },
          fingerprint: (input) => media.fingerprint(input),
          close: () => Promise.resolve(),
        },
      };
    },
    expireLease: async (id) => void (await set(`lease_until = now() - interval '1 second'`, id)),
    makeDue: async (id) => void (await set('retry_at = now()', id)),
  };
}
