import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { answer, ask, begin, cleanUp, STRATA, temporaryFolder, type Server } from '../e2e/support/strata.js';
import { freshChromaDatabase } from '../support/chroma.js';
import { serviceAddress } from '../support/services.js';
import { INGEST_TEXT, ingestText, ingestTexts, textNumber } from './support/clients.js';
import { addressesOf, ENGINES, freshInstallation, prepare, readiness, type Installation, type Settings } from './support/installation.js';
import { untilDone, wrongsOf } from './support/state.js';
import { openWay, type Way } from './support/toxiproxy.js';

const engines = addressesOf(ENGINES);
const chroma = serviceAddress('chroma');
const toxiproxy = serviceAddress('toxiproxy');
afterAll(cleanUp);

/** Within this a request is answered and `/readyz` says what is wrong, however the engine is away. */
const BOUNDED_MS = 15_000;

type Engine = 'PostgreSQL' | 'MinIO' | 'Weaviate' | 'Chroma' | 'Redis';
type VectorEngine = 'Weaviate' | 'Chroma';
interface Operation {
  query: string;
  variables?: () => object;
}

let number = 0;
const intake: Operation = { query: INGEST_TEXT, variables: () => ({ input: { text: textNumber(number++, 'fault') } }) };
const list: Operation = { query: '{ dataObjects(first: 3) { nodes { id metadata } totalCount } }' };
const searching = (mode: string): Operation => ({
  query: 'query ($input: SearchInput!) { search(input: $input, first: 3) { nodes { id } incomplete warnings } }',
  variables: () => ({ input: { query: `the harbour ${number++}`, mode } }),
});
/** What it is answered, or that it is not, in time. */
async function ask1(url: string, { query, variables }: Operation): ReturnType<typeof answer> {
  const patience = AbortSignal.timeout(BOUNDED_MS + 1_000);
  const late = new Promise<Awaited<ReturnType<typeof answer>>>((resolve) => {
    patience.addEventListener('abort', () => resolve({ errors: [{ message: 'no answer', extensions: { code: 'NO_ANSWER' } }] }));
  });
  return Promise.race([answer(url, query, variables?.()), late]);
}

function wholeness({ data, errors }: Awaited<ReturnType<typeof answer>>): 'whole' | 'a part' | 'nothing' {
  if (errors !== undefined) return 'nothing';
  const { search } = data as { search?: { incomplete: boolean; warnings: string[] } };
  return search?.incomplete === true && search.warnings.length > 0 ? 'a part' : 'whole';
}

interface Away {
  engine: Engine;
  /** As `extensions.dependency` names it, for each operation that cannot do without. */
  needing: readonly (readonly [string, Operation, string])[];
  /** What is answered in part, and says so. */
  partly: readonly (readonly [string, Operation])[];
  /** What goes on as before. */
  without: readonly (readonly [string, Operation])[];
  /** The parts of `/readyz` that say so; the others go on saying "ok". */
  parts: readonly string[];
}

const OVER_WEAVIATE: readonly Away[] = [
  { engine: 'PostgreSQL', needing: [['a list', list, 'database'], ['an intake', intake, 'database'], ['a search', searching('HYBRID'), 'database']], partly: [], without: [], parts: ['database', 'queue'] },
  { engine: 'MinIO', needing: [['an intake', intake, 'objects']], partly: [], without: [['a list', list], ['a search', searching('HYBRID')]], parts: ['objects'] },
  { engine: 'Weaviate', needing: [['a search', searching('HYBRID'), 'vectors'], ['a search by words', searching('KEYWORD'), 'vectors']], partly: [], without: [['a list', list], ['an intake', intake]], parts: ['vectors', 'keywords'] },
  { engine: 'Redis', needing: [], partly: [], without: [['a list', list], ['an intake', intake], ['a search', searching('HYBRID')]], parts: ['cache'] },
];

/** What is another's than over Weaviate: the words are in PostgreSQL. */
const OVER_CHROMA: readonly Away[] = [
  { engine: 'Chroma', needing: [['a search by meaning', searching('VECTOR'), 'vectors']], partly: [['a search', searching('HYBRID')]], without: [['a list', list], ['an intake', intake], ['a search by words', searching('KEYWORD')]], parts: ['vectors'] },
];

const INSTALLATIONS = [
  { vectors: 'Weaviate', away: OVER_WEAVIATE, isHere: engines !== null && toxiproxy !== null },
  { vectors: 'Chroma', away: OVER_CHROMA, isHere: engines !== null && toxiproxy !== null && chroma !== null },
] as const;

/** An installation that reaches each of its engines by a way that can be blocked. */
async function withWays(vectors: VectorEngine): Promise<{ installation: Installation; ways: Record<Engine, Way[]>; remove(): Promise<void> }> {
  const { postgres, redis, s3, weaviate } = engines!;
  const way = (url: string) => openWay(toxiproxy!.url, new URL(url).host);
  const [database, cache, bytes] = await Promise.all([way(postgres.url), way(redis.url), way(s3.url)]);
  const toVectors =
    vectors === 'Chroma'
      ? [await way(chroma!.url)]
      : await Promise.all([way(weaviate.url), way(`http://${new URL(weaviate.url).hostname}:${weaviate['grpcPort']}`)]);
  const name = `faults-${randomUUID()}`;
  const ofChroma = vectors === 'Chroma' ? await freshChromaDatabase(chroma!.url, name) : null;
  const reach = (settings: Settings) => {
    Object.assign(settings.database, { host: database.host, port: database.port });
    Object.assign(settings.cache.redis!, { host: cache.host, port: cache.port });
    settings.object_storage.minio['endpoint'] = `http://${bytes.host}:${bytes.port}`;
    const [http, grpc] = toVectors.map(({ host, port }) => ({ url: `http://${host}:${port}`, port }));
    if (ofChroma === null) Object.assign(settings.vector_database.weaviate, { url: http!.url, grpc_port: grpc!.port });
    else Object.assign(settings.vector_database, { provider: 'chroma', chroma: { url: http!.url, database: name } });
    settings.limits = { jobs: { concurrency: 1, batch_size: 4 } };
  };
  const installation = await freshInstallation(engines!, reach);
  const ways = { PostgreSQL: [database], Redis: [cache], MinIO: [bytes], Weaviate: [], Chroma: [], [vectors]: toVectors };
  return {
    installation,
    ways,
    async remove() {
      await Promise.all(Object.values(ways).flat().map((each) => each.open()));
      await installation.end();
      await ofChroma?.remove();
      await Promise.all(Object.values(ways).flat().map((each) => each.remove()));
    },
  };
}

const ready = (url: string) => expect.poll(async () => ({ ...(await readiness(url)) }), { timeout: 30_000, interval: 100 }).toMatchObject({ status: 200, parts: { cache: 'ok' } });

async function timed<T>(work: Promise<T>): Promise<{ result: T; milliseconds: number }> {
  const begun = performance.now();
  return { result: await work, milliseconds: performance.now() - begun };
}

/** What is wrong with how an operation is refused that cannot do without a dependency. */
async function refusal(url: string, [what, operation, dependency]: Away['needing'][number]): Promise<{ wrongs: string[]; milliseconds: number }> {
  const { result, milliseconds } = await timed(ask1(url, operation));
  const extensions = (result.errors?.[0] as { extensions?: Record<string, unknown> } | undefined)?.extensions;
  const wanted = { code: 'DEPENDENCY_UNAVAILABLE', dependency, retryable: true };
  const wrongs = Object.entries(wanted).some(([key, value]) => extensions?.[key] !== value) ? [`${what}: ${JSON.stringify(result)}`] : [];
  if (milliseconds > BOUNDED_MS) wrongs.push(`${what} took ${milliseconds} ms`);
  return { wrongs, milliseconds: Math.round(milliseconds) };
}

interface Waiting {
  /** Without a path. */
  url: string;
  /** Of standard output, which says that the program has started. */
  firstLine(): Promise<string>;
  stderr(): string;
  /** @returns the exit code after a SIGTERM */
  end(): Promise<number | null>;
}

/** A process of the program that waits for its database; resolves when it has said at which address. */
async function beginWaiting({ config }: Installation, command: readonly string[]): Promise<Waiting> {
  const child = begin(STRATA, [...command, '--config', config, '--data-dir', temporaryFolder(), '--port', '0']);
  const first = once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>;
  const ended = once(child, 'close') as Promise<[number | null]>;
  let stderr = '';
  const { promise: address, resolve } = Promise.withResolvers<string>();
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    const line = stderr.split('\n').find((each) => each.includes('waiting for the database'));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line ?? '')?.[0];
    if (url !== undefined) resolve(url);
  });
  const url = await Promise.race([address, ended.then(() => null)]);
  if (url === null) throw new Error(`The process did not wait:\n${stderr}`);
  return {
    url,
    firstLine: async () => (await first)[0],
    stderr: () => stderr,
    async end() {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

for (const { vectors, away, isHere } of INSTALLATIONS) {
  describe.skipIf(!isHere)(`an engine that goes away and comes back, over ${vectors}`, () => {
    let installation: Installation;
    let ways: Record<Engine, Way[]>;
    let remove: () => Promise<void>;
    let api: Server;
    let worker: Server;

    beforeAll(async () => {
      ({ installation, ways, remove } = await withWays(vectors));
      await prepare(installation);
      [api, worker] = await Promise.all([installation.serve(), installation.worker()]);
      await ingestTexts(api.url, Array.from({ length: 8 }, (_, each) => textNumber(each, 'there')));
      await untilDone(installation, 120_000);
    });
    beforeEach(() => Promise.all([ready(api.url), ready(worker.url)]));
    afterAll(() => remove?.());

    const cases = away.flatMap((away) => (['refuse', 'swallow'] as const).map((how) => [away.engine, how === 'refuse' ? 'refuses connections' : 'answers nothing', away, how] as const));
    it.each(cases)('%s %s', async (engine, _how, { needing, partly, without, parts }, how) => {
      const waiting = await ingestTexts(api.url, Array.from({ length: 24 }, (_, each) => textNumber(each, `${engine} ${how}`)));
      await Promise.all(ways[engine].map((way) => way[how]()));
      const wrong: string[] = [];
      const took: Record<string, number> = {};
      try {
        await Promise.all([
          ...needing.map(async (each) => {
            const { wrongs, milliseconds } = await refusal(api.url, each);
            took[each[0]] = milliseconds;
            wrong.push(...wrongs);
          }),
          ...[...partly, ...without].map(async (each) => {
            const [what, operation] = each;
            const { result, milliseconds } = await timed(ask1(api.url, operation));
            took[what] = Math.round(milliseconds);
            if (wholeness(result) !== (partly.includes(each) ? 'a part' : 'whole')) wrong.push(`${what}: ${JSON.stringify(result)}`);
            if (milliseconds > BOUNDED_MS) wrong.push(`${what} took ${milliseconds} ms`);
          }),
        ]);
        const state = engine === 'Redis' ? 'degraded' : 'unavailable';
        for (const [who, { url }] of Object.entries({ api, worker })) {
          const { milliseconds } = await timed(
            expect
              .poll(() => readiness(url), { timeout: BOUNDED_MS, interval: 100 })
              .toMatchObject({ status: engine === 'Redis' ? 200 : 503, parts: Object.fromEntries(parts.map((part) => [part, state])) })
              .catch((error: Error) => wrong.push(`/readyz of the ${who}: ${error.message}`)),
          );
          took[`/readyz of the ${who}`] = Math.round(milliseconds);
          const others = Object.entries((await readiness(url)).parts).filter(([part, each]) => !parts.includes(part) && each !== 'ok');
          if (engine !== 'PostgreSQL' && others.length > 0) wrong.push(`/readyz of the ${who} blames ${JSON.stringify(others)}`);
        }
      } finally {
        await Promise.all(ways[engine].map((way) => way.open()));
      }
      for (const each of [api, worker]) if (each.process.exitCode !== null) throw new Error(`A process ended by itself:\n${each.stderr().slice(-3_000)}`);
      const back = performance.now();
      await Promise.all([ready(api.url), ready(worker.url)]);
      const [recovered] = [performance.now() - back];
      for (const [what, operation] of [...needing, ...partly, ...without]) {
        const result = await ask1(api.url, operation);
        if (wholeness(result) !== 'whole') wrong.push(`${what}, when it was back: ${JSON.stringify(result)}`);
      }
      await untilDone(installation, 120_000);
      console.log(`    ${engine}, ${how}: ${JSON.stringify(took)}; ready again after ${Math.round(recovered)} ms, done after ${Math.round(performance.now() - back)} ms`);
      expect(wrong).toEqual([]);
      const { rows } = await installation.sql.query('SELECT o.status, i.status AS ingestion, count(*)::int FROM data_objects o JOIN ingestions i ON i.object_id = o.id GROUP BY 1, 2');
      expect(rows).toEqual([{ status: 'READY', ingestion: 'SUCCEEDED', count: expect.any(Number) as number }]);
      expect(waiting).toHaveLength(24);
      expect(await wrongsOf(installation)).toEqual([]);
      expect([api.process.exitCode, worker.process.exitCode]).toEqual([null, null]);
    }, 240_000);
  });

  describe.skipIf(!isHere)(`an engine that is away at the start, over ${vectors}`, () => {
    let installation: Installation;
    let ways: Record<Engine, Way[]>;
    let remove: () => Promise<void>;

    beforeAll(async () => {
      ({ installation, ways, remove } = await withWays(vectors));
      await prepare(installation);
    });
    afterAll(() => remove?.());

    const HOWS = ['refuse', 'swallow'] as const;
    const overPostgres = away.some(({ engine }) => engine === 'PostgreSQL') ? HOWS : [];
    it.each(overPostgres)('PostgreSQL: who serves or works waits, says so, and works once it is there, at the same address (%s)', async (how) => {
      await ways.PostgreSQL[0]![how]();
      const waiting: Waiting[] = [];
      try {
        waiting.push(...(await Promise.all([beginWaiting(installation, ['serve', '--no-jobs']), beginWaiting(installation, ['worker'])])));
        for (const { url } of waiting) {
          expect((await fetch(new URL('/healthz', url))).status).toBe(200);
          for (const path of ['/readyz', '/readyz?for=traffic']) {
            const ready = await fetch(new URL(path, url));
            expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', parts: { database: 'unavailable' } }]);
          }
        }
        const asked = await fetch(new URL('/graphql', waiting[0]!.url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(list) });
        expect([asked.status, await asked.json()]).toEqual([
          503,
          { errors: [{ message: expect.any(String) as string, extensions: { code: 'DEPENDENCY_UNAVAILABLE', dependency: 'database', retryable: true } }] },
        ]);
      } finally {
        await ways.PostgreSQL[0]!.open();
      }
      const [api, worker] = waiting as [Waiting, Waiting];
      expect(await api.firstLine()).toBe(`listening on ${api.url}/graphql`);
      expect(await worker.firstLine()).toContain(`health at ${worker.url}/readyz`);
      await Promise.all(waiting.map(({ url }) => ready(url)));
      for (const { stderr } of waiting) expect(stderr().match(/waiting for the database|the database answers/g)).toEqual(['waiting for the database', 'the database answers']);
      const { objectId } = await ingestText(`${api.url}/graphql`, textNumber(1, `PostgreSQL ${how} at the start`));
      await untilDone(installation, 120_000);
      expect((await ask(`${api.url}/graphql`, 'query ($id: ID!) { dataObject(id: $id) { status } }', { id: objectId })).dataObject.status).toBe('READY');
      expect(await Promise.all(waiting.map(({ end }) => end()))).toEqual([0, 0]);
    }, 120_000);

    it.each(overPostgres)('PostgreSQL: a signal ends the wait at once (%s)', async (how) => {
      await ways.PostgreSQL[0]![how]();
      try {
        const waiting = await Promise.all([beginWaiting(installation, ['serve', '--no-jobs']), beginWaiting(installation, ['worker'])]);
        const { result, milliseconds } = await timed(Promise.all(waiting.map(({ end }) => end())));
        expect(result).toEqual([143, 143]);
        expect(milliseconds).toBeLessThan(2_500);
      } finally {
        await ways.PostgreSQL[0]!.open();
      }
    }, 60_000);

    it.each(overPostgres)('PostgreSQL: what is to be done once ends with one sentence, soon (%s)', async (how) => {
      await ways.PostgreSQL[0]![how]();
      try {
        const { result, milliseconds } = await timed(installation.strata('migrate'));
        expect(result).toMatchObject({ code: 1, stdout: '' });
        const sentences = result.stderr.split('\n').filter((line) => line.startsWith('strata: '));
        expect(sentences, result.stderr).toHaveLength(1);
        expect(sentences[0]).toMatch(/PostgreSQL|database/);
        expect(result.stderr).not.toMatch(/^\s+at /m);
        expect(milliseconds).toBeLessThan(30_000);
      } finally {
        await ways.PostgreSQL[0]!.open();
      }
    }, 60_000);

    const startable = away.filter(({ engine }) => engine !== 'PostgreSQL');
    it.each(startable.flatMap((away) => HOWS.map((how) => [away.engine, how, away] as const)))('%s: starts, says so, and works once it is there (%s)', async (engine, how, { needing, parts }) => {
      await Promise.all(ways[engine].map((way) => way[how]()));
      let api: Server;
      let worker: Server;
      try {
        [api, worker] = await Promise.all([installation.serve(), installation.worker()]);
        const refusals = Promise.all(needing.map((each) => refusal(api.url, each)));
        const state = engine === 'Redis' ? 'degraded' : 'unavailable';
        for (const { url } of [api, worker]) {
          await expect
            .poll(() => readiness(url), { timeout: BOUNDED_MS, interval: 100 })
            .toMatchObject({ status: engine === 'Redis' ? 200 : 503, parts: Object.fromEntries(parts.map((part) => [part, state])) });
        }
        expect((await refusals).flatMap(({ wrongs }) => wrongs)).toEqual([]);
      } finally {
        await Promise.all(ways[engine].map((way) => way.open()));
      }
      await Promise.all([ready(api.url), ready(worker.url)]);
      const { objectId } = await ingestText(api.url, textNumber(1, `${engine} ${how} at the start`));
      await untilDone(installation, 120_000);
      expect((await ask(api.url, 'query ($id: ID!) { dataObject(id: $id) { status } }', { id: objectId })).dataObject.status).toBe('READY');
      const ends = await Promise.all([api.stop(), worker.stop()]);
      expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    }, 120_000);
  });
}
