import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { ask, cleanUp, overWebSocket, SAMPLES, type Server } from '../e2e/support/strata.js';
import { complete, ingestText, ingestTexts, send, textNumber, upload, type Taken } from './support/clients.js';
import { addressesOf, counted, ENGINES, freshInstallation, prepare, readiness, type Installation } from './support/installation.js';
import { untilDone, wrongsOf } from './support/state.js';
import { cursorOfNow } from './support/watcher.js';

const engines = addressesOf(ENGINES);
afterAll(cleanUp);

const samples = (folder: string) => readdirSync(join(SAMPLES, folder)).map((name) => ({ name, bytes: readFileSync(join(SAMPLES, folder, name)) }));
const ROUNDS = 20;
const SEARCH = `query ($input: SearchInput!, $first: Int, $after: String) {
  search(input: $input, first: $first, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } incomplete warnings }
}`;

interface Found {
  search: { nodes: { id: string }[]; pageInfo: { endCursor: string | null; hasNextPage: boolean }; incomplete: boolean; warnings: string[] };
}

describe.skipIf(engines === null)('two APIs and two workers over PostgreSQL, Redis, MinIO and Weaviate', { timeout: 120_000 }, () => {
  let installation: Installation;
  let apis: [Server, Server];
  let workers: [Server, Server];

  beforeAll(async () => {
    // Small batches, so that both workers come to have some.
    installation = await freshInstallation(engines!, (settings) => (settings.limits = { jobs: { concurrency: 1, batch_size: 4 } }));
    await prepare(installation);
    const [first, second, third, fourth] = await Promise.all([installation.serve(), installation.serve(), installation.worker(), installation.worker()]);
    [apis, workers] = [[first!, second!], [third!, fourth!]];
  });
  afterEach(async () => {
    if (installation !== undefined) await untilDone(installation);
  });
  afterAll(() => installation?.end());

  it('share what is sent to both: everything becomes READY, each at its first attempt', async () => {
    const files = ['images', 'audio', 'documents'].flatMap(samples);
    const texts = Array.from({ length: 96 }, (_, number) => textNumber(number));
    const taken = (
      await Promise.all([
        ...[0, 1].map((half) => ingestTexts(apis[half]!.url, texts.filter((_, number) => number % 2 === half))),
        ...files.map(async ({ name, bytes }, number) => [await upload(apis[number % 2]!.url, name, bytes)]),
      ])
    ).flat();
    await untilDone(installation);
    const { rows } = await installation.sql.query('SELECT o.status, i.status AS ingestion, i.attempts, count(*)::int FROM data_objects o JOIN ingestions i ON i.object_id = o.id GROUP BY 1, 2, 3');
    expect(rows).toEqual([{ status: 'READY', ingestion: 'SUCCEEDED', attempts: 1, count: taken.length }]);
    const shares = await Promise.all(workers.map(({ url }) => counted(url, 'data_ingestion_total')));
    // Counted where it is done: once each.
    expect(shares[0]! + shares[1]!).toBe(taken.length);
    // By whom the last stage was done, which is quick: one may do most of that while the other is at the rest.
    expect(Math.min(...shares)).toBeGreaterThan(0);
    for (const { url } of apis) expect(await counted(url, 'data_ingestion_total')).toBe(0);
    expect(await wrongsOf(installation)).toEqual([]);
  }, 240_000);

  it('tell a subscriber of one API what a worker does with what the other API took in', async () => {
    const changes = overWebSocket(apis[0].url, 'subscription { dataObjectChanged { kind id dataObject { status } } }');
    const seen: { kind: string; id: string; dataObject: { status: string } | null }[] = [];
    let last = '';
    const listening = (async () => {
      for await (const { dataObjectChanged } of changes) {
        seen.push(dataObjectChanged);
        if (dataObjectChanged.id === last) return;
      }
    })();
    // Until the subscription stands, what happens is not heard.
    for (let number = 0; seen.length === 0; number += 1) {
      await ingestText(apis[1].url, textNumber(number, 'knock'));
      await expect.poll(() => seen.length, { timeout: 500 }).toBeGreaterThan(0).catch(() => undefined);
    }
    const { objectId, ingestionId } = await ingestText(apis[1].url, `${textNumber(1, 'chapter')} `.repeat(2_000));
    const states: { status: string; stage: string; progress: number }[] = [];
    for await (const { ingestionProgress } of overWebSocket(apis[0].url, 'subscription ($id: ID!) { ingestionProgress(ingestionId: $id) { status stage progress } }', { id: ingestionId })) {
      states.push(ingestionProgress);
    }
    expect(states.at(-1)).toMatchObject({ status: 'SUCCEEDED', progress: 1 });
    // Not only its beginning and its end.
    expect(states.length).toBeGreaterThan(2);
    expect(states.map(({ progress }) => progress)).toEqual(states.map(({ progress }) => progress).sort((a, b) => a - b));

    last = (await ingestText(apis[1].url, textNumber(1, 'last'))).objectId;
    await listening;
    const own = seen.filter(({ id }) => id === objectId);
    expect(own[0]!.kind).toBe('CREATED');
    expect(own.some(({ kind, dataObject }) => kind === 'UPDATED' && dataObject?.status === 'READY')).toBe(true);
  });

  it('tell a subscriber of one API, once a version, what a search that was saved at the other found in what a worker took in', async () => {
    const { createSavedSearch } = await ask<{ createSavedSearch: { id: string } }>(apis[1].url, 'mutation ($input: CreateSavedSearchInput!) { createSavedSearch(input: $input) { id } }', {
      input: { name: 'curlews', search: { query: 'curlews', mode: 'KEYWORD' } },
    });
    const savedSearch = createSavedSearch.id;
    const cursor = await cursorOfNow(apis[0].url, () => ingestText(apis[0].url, textNumber(Math.random(), 'knock')));
    const follow = async (url: string, last: string) => {
      const heard: { id: string; version: number }[] = [];
      const query = 'subscription ($savedSearch: ID, $after: String) { dataObjectChanged(savedSearch: $savedSearch, after: $after) { kind id version savedSearches { id score savedSearch { name } } } }';
      for await (const { dataObjectChanged: { kind, id, version, savedSearches } } of overWebSocket(url, query, { savedSearch, after: cursor })) {
        expect([kind, savedSearches]).toEqual(['MATCHED', [{ id: savedSearch, score: 1, savedSearch: { name: 'curlews' } }]]);
        if (id === last) return heard;
        heard.push({ id, version });
      }
      throw new Error('The subscription ended by itself.');
    };
    const texts = Array.from({ length: 12 }, (_, number) => `Curlews, ${textNumber(number, 'sighting')}`);
    const taken = (await Promise.all([0, 1].map((half) => ingestTexts(apis[half]!.url, texts.filter((_, number) => number % 2 === half))))).flat();
    await untilDone(installation);
    const changed = taken[0]!.objectId;
    await expect.poll(async () => (await installation.sql.query('SELECT 1 FROM saved_searches_due')).rowCount, { timeout: 60_000 }).toBe(0);
    await ask(apis[0].url, 'mutation ($input: UpdateDataObjectInput!) { updateDataObject(input: $input) { version } }', { input: { id: changed, metadata: { seen: true } } });
    await expect.poll(async () => (await installation.sql.query('SELECT 1 FROM saved_searches_due')).rowCount, { timeout: 60_000 }).toBe(0);
    const { objectId: last } = await ingestText(apis[1].url, 'The last of the curlews.');
    const key = ({ id, version }: { id: string; version: number }) => `${id} ${version}`;
    const expected = [...taken.map(({ objectId }) => key({ id: objectId, version: 1 })), key({ id: changed, version: 2 })].sort();
    for (const { url } of apis) expect((await follow(url, last)).map(key).sort()).toEqual(expected);
    expect(await ask(apis[0].url, 'mutation ($id: ID!) { deleteSavedSearch(id: $id) }', { id: savedSearch })).toEqual({ deleteSavedSearch: savedSearch });
  });

  it('make one object of one content that is sent to both at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const bytes = Buffer.from(textNumber(round, 'twin'));
      const ids = await Promise.all(apis.map(({ url }, number) => send(url, `twin-${round}-${number}.txt`, bytes)));
      const ways = [apis.map(({ url }, number) => complete(url, ids[number]!)), apis.map(({ url }) => ingestText(url, textNumber(round, 'twin text')))];
      for (const way of ways) {
        const both = await Promise.all(way as Promise<Taken>[]);
        expect(new Set(both.map(({ objectId }) => objectId)).size).toBe(1);
        expect(both.map(({ deduplicated }) => deduplicated).sort()).toEqual([false, true]);
      }
    }
    await untilDone(installation);
    expect(await wrongsOf(installation)).toEqual([]);
  });

  it('see at once on one what was changed on the other, in reads and in searches', async () => {
    const { objectId } = await ingestText(apis[0].url, textNumber(1, 'changing'), { metadata: { round: -1 } });
    await untilDone(installation);
    const read = async (api: Server) => (await ask(api.url, 'query ($id: ID!) { dataObject(id: $id) { version metadata } }', { id: objectId })).dataObject.metadata.round as number;
    const found = async (api: Server, round: number) => {
      const input = { query: 'changing number', mode: 'KEYWORD', filter: { metadata: [{ path: 'round', equals: round }] } };
      return (await ask<Found>(api.url, SEARCH, { input, first: 5 })).search.nodes.map(({ id }) => id);
    };
    const changes = overWebSocket(apis[1].url, 'subscription ($after: String) { dataObjectChanged(after: $after) { id cursor dataObject { metadata } } }');
    const heard: number[] = [];
    const listening = (async () => {
      for await (const { dataObjectChanged } of changes) {
        if (dataObjectChanged.id === objectId) heard.push(dataObjectChanged.dataObject.metadata.round);
        if (heard.at(-1) === ROUNDS - 1) return;
      }
    })();
    const stale: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // In both caches, so that there is something to be dropped.
      await Promise.all(apis.flatMap((api) => [read(api), found(api, round - 1), found(api, round)]));
      await ask(apis[0].url, 'mutation ($input: UpdateDataObjectInput!) { updateDataObject(input: $input) { version } }', { input: { id: objectId, metadata: { round } } });
      await expect.poll(() => heard.includes(round) || (round === 0 && heard.length === 0), { timeout: 5_000, interval: 1 }).toBe(true);
      const [now, there, gone] = await Promise.all([read(apis[1]), found(apis[1], round), found(apis[1], round - 1)]);
      if (now !== round) stale.push(`round ${round}: the read answers ${now}`);
      if (there.length !== 1) stale.push(`round ${round}: the search does not find it`);
      if (gone.length !== 0) stale.push(`round ${round}: the search finds what it was`);
    }
    await listening;
    expect(stale).toEqual([]);
  });

  it('hand out the second page of a search that the other began', async () => {
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD']) {
      const input = { query: 'the harbour and the lantern', mode };
      // A larger page would go deeper, and scale its scores by what lies there.
      const whole = await ask<Found>(apis[0].url, SEARCH, { input, first: 10 });
      const pages: string[] = [];
      let after: string | null = null;
      for (let page = 0; page < 5; page += 1) {
        const { search } = (await ask<Found>(apis[page % 2]!.url, SEARCH, { input, first: 2, after })) as Found;
        pages.push(...search.nodes.map(({ id }) => id));
        after = search.pageInfo.endCursor;
      }
      expect(pages).toEqual(whole.search.nodes.map(({ id }) => id));
      expect(new Set(pages).size).toBe(10);
    }
  });

  it('lose nothing and do nothing twice when a worker is killed in the midst of it', async () => {
    const { rows: [before] } = await installation.sql.query<{ done: number }>('SELECT count(*)::int AS done FROM ingestions');
    const bodies = Array.from({ length: 160 }, (_, number) => `${textNumber(number, 'interrupted')} ${textNumber(number, 'word').repeat(6)}`);
    await Promise.all([ingestTexts(apis[0].url, bodies.slice(0, 80)), ingestTexts(apis[1].url, bodies.slice(80))]);
    const [victim, survivor] = workers;
    // Something is done, both are at something, and much waits.
    await expect
      .poll(async () => {
        const { rows: [now] } = await installation.sql.query<{ ready: number; holders: number; waiting: number }>(
          `SELECT (SELECT count(*)::int FROM data_objects WHERE status = 'READY') AS ready, count(DISTINCT lease_owner) FILTER (WHERE status = 'RUNNING')::int AS holders,
                  count(*) FILTER (WHERE status = 'QUEUED' AND stage <> 'ANNOTATE')::int AS waiting FROM ingestions`,
        );
        return now!.ready > before!.done + 8 && now!.holders === 2 && now!.waiting > 40;
      }, { timeout: 30_000, interval: 10 })
      .toBe(true);
    const killed = performance.now();
    await victim.stop('SIGKILL');
    await untilDone(installation, 120_000);
    const seconds = (performance.now() - killed) / 1_000;
    console.log(`    after a worker was killed, the rest was done in ${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(120);
    expect(await counted(survivor.url, 'data_ingestion_total')).toBeGreaterThan(0);
    const { rows } = await installation.sql.query(
      `SELECT i.status, count(*)::int, max(i.attempts)::int AS attempts FROM ingestions i GROUP BY 1`,
    );
    expect(rows).toEqual([{ status: 'SUCCEEDED', count: before!.done + bodies.length, attempts: expect.toSatisfy((attempts: number) => attempts <= 2) as number }]);
    expect(await wrongsOf(installation)).toEqual([]);
    workers = [await installation.worker(), survivor];
  }, 240_000);
});

describe.skipIf(engines === null)('processes that all start at once', { timeout: 120_000 }, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await freshInstallation(engines!);
  });
  afterAll(() => installation?.end());

  it('bring an empty database up to date together, and work', async () => {
    const [migrations, fixed, apis, workers] = await Promise.all([
      Promise.all([installation.strata('migrate'), installation.strata('migrate')]),
      installation.strata('doctor', '--fix'),
      Promise.all([installation.serve(), installation.serve()]),
      Promise.all([installation.worker(), installation.worker()]),
    ]);
    expect([...migrations, fixed].map(({ code, stderr }) => ({ code, stderr: code === 0 ? '' : stderr }))).toEqual(Array(3).fill({ code: 0, stderr: '' }));
    for (const { url } of [...apis, ...workers]) expect(await readiness(url)).toMatchObject({ status: 200, parts: { cache: 'ok' } });
    await ingestTexts(apis[0]!.url, Array.from({ length: 8 }, (_, number) => textNumber(number)));
    await untilDone(installation);
    const { rows } = await installation.sql.query('SELECT status, count(*)::int FROM data_objects GROUP BY 1');
    expect(rows).toEqual([{ status: 'READY', count: 8 }]);
    expect(await wrongsOf(installation)).toEqual([]);
  });
});
