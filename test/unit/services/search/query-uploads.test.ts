import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LruCache } from '../../../../src/adapters/cache/lru.cache.js';
import { unusableModel } from '../../../../src/domain/errors.js';
import type { Embedder, EmbeddingModel, EmbedMediaOptions } from '../../../../src/ports/embedder.port.js';
import type { MediaReader } from '../../../../src/ports/media.port.js';
import { Deadline } from '../../../../src/services/search/deadline.js';
import { QueryUploads, type QueryContent } from '../../../../src/services/search/query-uploads.js';

const model = (name: string): EmbeddingModel => ({
  name, revision: '1', modalities: ['IMAGE', 'VIDEO'], dimensions: 2, active: true, available: true, readsWords: false, defaultAlpha: null, duplicateCosine: null, setting: '', description: '',
});
const MODELS = ['clip', 'descriptor', 'deaf'].map(model);

/** Films that the models see two frames of, but for one that sees none. */
function opened() {
  const calls: (readonly string[])[] = [];
  const passages: (readonly string[])[] = [];
  const embedMediaForAll: Embedder['embedMediaForAll'] = async (names, _source, given) => {
    calls.push(names);
    options.push(given);
    if (names.includes('slow')) await once(given!.signal!, 'abort').then(() => Promise.reject(given!.signal!.reason as Error));
    if (names.includes('broken')) throw unusableModel('broken', 'answered a vector of zeros');
    return names.map((name) => (name === 'deaf' ? [] : [[1, 0], [0, 1]].map((vector, i) => ({ vector: Float32Array.from(vector), startSeconds: i }))));
  };
  const priorities: (string | undefined)[] = [];
  const options: (EmbedMediaOptions | undefined)[] = [];
  const extract: MediaReader['extract'] = async ({ priority }) => {
    priorities.push(priority);
    return { text: TEXT, pages: [], facts: {}, warnings: [] };
  };
  const splitPassages: Embedder['splitPassages'] = async () => [Array.from({ length: TEXT.length }, (_, i) => ({ start: i, end: i + 1, tokens: 1 }))];
  const embedTexts: Embedder['embedTexts'] = async (name, texts) => {
    if (name === 'broken') throw unusableModel('broken', 'answered a vector of zeros');
    passages.push(texts);
    return texts.map(() => Float32Array.of(1, 0));
  };
  const deps = {
    embedder: { embedMediaForAll, splitPassages, embedTexts }, media: { extract }, cache: new LruCache({ maxSizeMb: 1, ttlSeconds: 60 }),
    objectStore: { localFile: async () => ({ path: 'film', release: async () => undefined }), head: async () => ({ etag: 'now' }), get: async () => ({ stream: Readable.from([]) }) },
  };
  return { calls, options, passages, priorities, uploads: new QueryUploads(deps as never, true) };
}

const CONTENT = { staged: { key: 'k', etag: 'now', secondsLeft: 60 }, contentHash: 'h', type: 'VIDEO', mimeType: 'video/mp4', filename: 'film.mp4', size: 1 } as unknown as QueryContent;
const TEXT = Array.from({ length: 500 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
const DOCUMENT: QueryContent = { ...CONTENT, type: 'DOCUMENT', mimeType: 'application/pdf' };
const ask = (uploads: QueryUploads, models: readonly EmbeddingModel[], content = CONTENT) => uploads.vectorsOf({ tenantId: 't' }, content, models, ['input', 'uploadId'], new Deadline(30));

describe('QueryUploads.vectorsOf', () => {
  it('reads a film once for all models, and again for those alone that have not seen it', async () => {
    const { calls, uploads } = opened();
    const vectors = await ask(uploads, MODELS.slice(0, 1));
    expect([...vectors].map(([name, vector]) => [name, ...(vector as Float32Array)])).toEqual([['clip', expect.closeTo(Math.SQRT1_2, 6), expect.closeTo(Math.SQRT1_2, 6)]]);
    expect([...(await ask(uploads, MODELS)).keys()]).toEqual(['clip', 'descriptor']);
    expect([...(await ask(uploads, MODELS)).keys()]).toEqual(['clip', 'descriptor']);
    expect(calls).toEqual([['clip'], ['descriptor', 'deaf']]);
  });

  it.each([CONTENT, DOCUMENT])('has the error of a model that cannot embed beside the vectors of others, and asks it again the next time: $type', async (content) => {
    const { uploads } = opened();
    const models = ['clip', 'broken'].map(model);
    for (let time = 0; time < 2; time++) {
      const vectors = await ask(uploads, models, content);
      expect([vectors.get('clip'), vectors.get('broken')]).toEqual([expect.any(Float32Array), expect.objectContaining({ code: 'NOT_CONFIGURED' })]);
    }
  });

  it('reads a document before those that are ingested', async () => {
    const { priorities, uploads } = opened();
    await ask(uploads, [model('words')], DOCUMENT);
    expect(priorities).toEqual(['query']);
  });

  it('asks with a few moments of a film, and a few passages of a text from all of it, behind the words of others', async () => {
    const { options, passages, uploads } = opened();
    await ask(uploads, [model('clip')]);
    expect(options).toMatchObject([{ moments: 8, priority: 'query-file' }]);
    await ask(uploads, [model('words')], DOCUMENT);
    expect(passages).toHaveLength(1);
    const places = passages[0]!.map((passage) => TEXT.indexOf(passage));
    expect(places).toHaveLength(16);
    const gaps = places.slice(1).map((place, i) => place - places[i]!);
    expect([places[0], Math.min(...gaps), Math.max(...gaps)]).toEqual([0, 31, 32]);
  });

  afterEach(() => void vi.useRealTimers());

  it('says which file took too long, and what to do, while the search has time for the rest of it', async () => {
    vi.useFakeTimers();
    const { uploads } = opened();
    const deadline = new Deadline(30);
    const asked = uploads.vectorsOf({ tenantId: 't' }, CONTENT, [model('slow')], ['input', 'uploadId'], deadline);
    const refused = expect(asked).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE', message: expect.stringMatching(/"film\.mp4" took longer than the 24 s .* shorter file/), extensions: { dependency: 'models', retryable: true },
    });
    await vi.advanceTimersByTimeAsync(25_000);
    await refused;
    expect(deadline.signal.aborted).toBe(false);
    deadline.end();
  });

  it('leaves the search’s own end to the search', async () => {
    const { uploads } = opened();
    const caller = new AbortController();
    const deadline = new Deadline(30, caller.signal);
    const asked = uploads.vectorsOf({ tenantId: 't' }, CONTENT, [model('slow')], ['input', 'uploadId'], deadline);
    const gone = new Error('The client is gone.');
    caller.abort(gone);
    await expect(asked).rejects.toBe(gone);
  });
});
