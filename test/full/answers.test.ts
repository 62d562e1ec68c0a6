import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ObjectFilter } from '../../src/domain/filters.js';
import type { Viewer } from '../../src/domain/model.js';
import type { IngestText, SearchRequest, SearchResult } from '../../src/domain/operations.js';
import { MAX_PAGE_SIZE } from '../../src/domain/paging.js';
import { sha256, withApp, type TestApp } from '../support/app.js';
import { serviceAddress } from '../support/services.js';
import { STACKS } from '../support/stacks.js';

/**
 * What semantics promise of every stack: the same things found as by the embedded default, from the same data. Numbers are of
 * contents, since each installation names its objects itself.
 */
const FIXTURES = resolve(import.meta.dirname, '../../../shared/fixtures');
const CRANFIELD = join(FIXTURES, 'retrieval/cranfield');
/** Of the questions each third: those of one subject stand together. */
const EVERY = 3;
const PAGE = 10;

const lines = async (file: string) => {
  const read: { id: string; title: string; text: string }[] = [];
  for await (const line of createInterface({ input: createReadStream(join(CRANFIELD, file)) })) read.push(JSON.parse(line) as never);
  return read;
};

/** One installation with everything in it, asked by contents' hashes. */
class Library {
  readonly viewer: Viewer;
  private readonly ids = new Map<string, string>();
  /** Their hashes, by their files' names. */
  private readonly contents = new Map<string, string>();

  constructor(private readonly test: TestApp) {
    this.viewer = test.viewer({ tenant: 'answers' });
  }

  async fill(): Promise<void> {
    const { viewer, test } = this;
    const ingestions: string[] = [];
    for (const folder of ['photos', 'documents', 'media']) {
      for (const name of await readdir(join(FIXTURES, folder))) {
        const bytes = await readFile(join(FIXTURES, folder, name));
        if (bytes.length === 0 || name === 'README.md') continue;
        const { ingestion } = await test.upload(viewer, bytes, { filename: name, metadata: { folder } });
        ingestions.push(ingestion.id);
        this.contents.set(name, sha256(bytes));
      }
    }
    const abstracts = await lines('documents.jsonl');
    const texts: IngestText[] = abstracts.filter(({ text }) => text.length > 0).map(({ id, title, text }, at) => ({
      text, filename: `${id}.txt`, metadata: { folder: 'abstracts', number: Number(id), shelf: `shelf ${at % 7}`, long: title.length > 60 },
    }));
    for (const { filename, text } of texts) this.contents.set(filename!, sha256(text));
    for (const answer of await test.app.services.ingestions.ingestTexts(viewer, texts)) if ('ingestion' in answer) ingestions.push(answer.ingestion.id);
    // One after the other: each that is followed asks the database meanwhile.
    for (const id of ingestions) await test.ended(viewer, id);
  }

  async idOf(hash: string): Promise<string> {
    const known = this.ids.get(hash) ?? (await this.test.app.services.objects.byHash(this.viewer, hash))!.id;
    this.ids.set(hash, known);
    return known;
  }

  /** @param request its `objectId` the hash of a content */
  async search(request: Partial<SearchRequest>): Promise<SearchResult> {
    const { objectId, ...rest } = request;
    const whole = { mode: 'HYBRID' as const, fusion: 'RELATIVE_SCORE' as const, ...rest, ...(objectId && { objectId: await this.idOf(objectId) }) };
    return this.test.app.services.search.search(this.viewer, whole, { first: PAGE });
  }

  async list(filter: ObjectFilter): Promise<{ total: number | null; hashes: string[] }> {
    const hashes: string[] = [];
    for (let after: string | undefined; ; ) {
      const { items, hasNextPage, totalCount } = await this.test.app.services.objects.page(this.viewer, { filter, first: MAX_PAGE_SIZE, after });
      hashes.push(...items.map(({ node }) => node.contentHash));
      after = items.at(-1)?.cursor;
      if (!hasNextPage) return { total: await totalCount(), hashes: hashes.sort() };
    }
  }

  /** How many contents were taken in. */
  get size(): number {
    return new Set(this.contents.values()).size;
  }

  hashOf(filename: string): string {
    return this.contents.get(filename)!;
  }

  async vectorOf(filename: string): Promise<number[]> {
    const { embeddings } = this.test.app.services;
    const [of] = await embeddings.forObjects(this.viewer, [await this.idOf(this.hashOf(filename))], null);
    const [vector] = await embeddings.vectors(this.viewer, of!.slice(0, 1));
    return [...(vector as Float32Array)];
  }
}

const hashes = (result: SearchResult) => result.hits.map(({ object }) => object.contentHash);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const FILTERS: ObjectFilter[] = [
  {}, { types: ['IMAGE'] }, { types: ['DOCUMENT', 'AUDIO', 'VIDEO'] }, { metadata: [{ path: ['shelf'], equals: 'shelf 3' }] },
  { metadata: [{ path: ['number'], gte: 40, lt: 90 }] }, { metadata: [{ path: ['number'], gte: 900 }, { path: ['shelf'], in: ['shelf 1', 'shelf 5'] }, { path: ['long'], equals: false }] }, { not: { metadata: [{ path: ['folder'], equals: 'abstracts' }] } },
  { or: [{ types: ['IMAGE'] }, { metadata: [{ path: ['long'], equals: true }] }] }, { facts: [{ path: ['image', 'width'], exists: true }] },
];

describe.skipIf(!existsSync(FIXTURES))('what the embedded default finds in ../shared/fixtures', () => {
  const embedded = withApp({ stack: 'embedded' });
  let theirs: Library;
  let questions: string[] = [];
  beforeAll(async () => {
    theirs = new Library(embedded);
    questions = (await lines('queries.jsonl')).filter((_, at) => at % EVERY === 0).map(({ text }) => text);
    await theirs.fill();
  }, 400_000);

  for (const stack of ['full', 'chroma'] as const) {
    const missing = STACKS[stack].filter((service) => serviceAddress(service) === null);
    describe.skipIf(missing.length > 0)(`is found over ${STACKS[stack].join(', ')}, too:`, () => {
      const real = withApp({ stack });
      let ours: Library;
      const overlaps: Record<string, number[]> = {};
      beforeAll(async () => {
        ours = new Library(real);
        await ours.fill();
      }, 400_000);
      afterAll(() => console.log(`top ${PAGE} shared with the embedded default over ${stack}: ${Object.entries(overlaps).map(([what, of]) => `${what} ${mean(of).toFixed(3)}`).join(', ')}`));

      /** The part of the embedded default's best that these find as well. */
      async function shared(what: string, requests: readonly Partial<SearchRequest>[]): Promise<number> {
        overlaps[what] = [];
        for (const request of requests) {
          const [wanted, found] = [await theirs.search(request), await ours.search(request)];
          expect([found.incomplete, found.hits.length, found.warnings], JSON.stringify(request)).toEqual([false, wanted.hits.length, wanted.warnings]);
          if (wanted.hits.length > 0) overlaps[what].push(hashes(wanted).filter((hash) => hashes(found).includes(hash)).length / wanted.hits.length);
        }
        return mean(overlaps[what]);
      }

      it('everything is READY', async () => {
        expect(await ours.list({ status: ['READY'] })).toEqual(await theirs.list({ status: ['READY'] }));
        expect((await ours.list({})).total).toBe(ours.size);
      });

      it.each([0, 0.25, 0.5, 0.75, 1])('in hybrid searches, at alpha %d', async (alpha) => {
        expect(await shared(`alpha ${alpha}`, questions.map((query) => ({ query, alpha })))).toBeGreaterThanOrEqual(alpha === 0 || alpha === 1 ? 0.9 : 0.8);
      });

      it('by ranks', async () => {
        expect(await shared('ranked', questions.map((query) => ({ query, fusion: 'RANKED' })))).toBeGreaterThanOrEqual(0.8);
      });

      it.each(['VECTOR', 'KEYWORD'] as const)('by one leg alone: %s', async (mode) => {
        expect(await shared(mode, questions.map((query) => ({ query, mode })))).toBeGreaterThanOrEqual(0.9);
      });

      it('like an object, and like a vector', async () => {
        const like = ['1.txt', '17.txt', '700.txt', '1399.txt', 'astronaut.png', 'coins.png', 'page.html', 'speech.wav', 'clip.mp4'].map((name) => theirs.hashOf(name));
        expect(await shared('objectId', like.map((objectId) => ({ objectId })))).toBeGreaterThanOrEqual(0.9);
        const vectors = await Promise.all(['23.txt', '512.txt', '1044.txt'].map((name) => theirs.vectorOf(name)));
        const near = vectors.flatMap((vector) => [{ vector, model: 'all-MiniLM-L6-v2' }, { vector, query: 'boundary layer', alpha: 0.5 }]);
        expect(await shared('vector', near)).toBeGreaterThanOrEqual(0.8);
      });

      it('within filters: the same lists, the same totals, the same facets', async () => {
        const facets = ['type', 'mimeType', 'metadata.shelf', 'metadata.long'].map((field) => ({ field, limit: 10 }));
        for (const filter of FILTERS) {
          const what = JSON.stringify(filter);
          expect((await theirs.list(filter)).total, what).toBeGreaterThan(0);
          expect(await ours.list(filter), what).toEqual(await theirs.list(filter));
          for (const mode of ['KEYWORD', 'VECTOR', 'HYBRID'] as const) {
            const request = { query: 'slipstream of a slender wing at supersonic speeds', mode, filter, facets };
            const [wanted, found] = [await theirs.search(request), await ours.search(request)];
            // A leg goes a hundred objects deep: what lies beyond, each store cuts off for itself.
            if (wanted.totalCount! >= 100) continue;
            expect([found.totalCount, found.facets, found.incomplete], `${mode} ${what}`).toEqual([wanted.totalCount, wanted.facets, false]);
          }
        }
        expect(await shared('filtered', FILTERS.slice(1).map((filter) => ({ query: questions[0]!, filter })))).toBeGreaterThanOrEqual(0.8);
      });
    });
  }
});
