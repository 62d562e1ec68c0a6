import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { cleanUp, type Server } from '../test/e2e/support/strata.js';
import { ingestTexts, textNumber } from '../test/full/support/clients.js';
import { addressesOf, freshInstallation, prepare, type Installation } from '../test/full/support/installation.js';
import { openWay } from '../test/full/support/toxiproxy.js';
import { median, rounded, type Figure } from './figures.js';

const ADDED_MS = 50;
const TEXTS = 120;
const ROUNDS = 3;
/** Until each worker has its model loaded, its connections open and its code compiled. */
const WARM_UP = 40;
const LOOK_MS = 20;

/**
 * How much more two workers ingest than one, where each does one job at a time and every call of the object store takes 50 ms
 * longer: in turns, so that both meet the same moments. The servers are those of STRATA_TEST_…: postgres with pgvector, redis, s3
 * and toxiproxy.
 */
export async function measureWorkers({ quick }: { quick: boolean }): Promise<Figure[]> {
  const engines = addressesOf(['postgres', 'redis', 's3', 'toxiproxy'] as const);
  if (engines === null) throw new Error('Not measured: of postgres, redis, s3 and toxiproxy, one is missing.');
  const { toxiproxy, ...servers } = engines;
  const way = await openWay(toxiproxy.url, new URL(servers.s3.url).host);
  const installation = await freshInstallation({ ...servers, weaviate: { url: 'http://127.0.0.1:1' } }, (settings) => {
    settings.vector_database.provider = 'pgvector';
    settings.object_storage.minio['endpoint'] = `http://${way.host}:${way.port}`;
    settings.limits = { jobs: { concurrency: 1, batch_size: 1 } };
  });
  try {
    await prepare(installation);
    const api = await installation.serve();
    const first = await startWorker(installation, api);
    await way.delay(ADDED_MS);
    const seconds: Record<'one' | 'two', number[]> = { one: [], two: [] };
    const loads: number[] = [];
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
      seconds.one.push(await ingest(installation, api, `${round} by one`));
      const second = await startWorker(installation, api);
      seconds.two.push(await ingest(installation, api, `${round} by two`));
      await second.stop();
      loads.push(rounded(loadavg()[0]!));
    }
    await first.stop();
    const rate = (each: number[]) => TEXTS / median(each);
    return [
      {
        of: 'workers', what: 'two workers against one, 50 ms added to each call of the store', measured: rounded(rate(seconds.two) / rate(seconds.one)), unit: '×', limit: { at: 'least', value: 1.8 },
        beside: `${rounded(rate(seconds.one))} and ${rounded(rate(seconds.two))} texts a second; load ${loads.at(-1)}`,
        details: { texts: TEXTS, addedMs: ADDED_MS, seconds, loads },
      },
    ];
  } finally {
    await installation.end();
    await way.remove();
    await cleanUp();
  }
}

let notes = 0;
const someTexts = (count: number, about: string) => Array.from({ length: count }, () => textNumber(notes++, about));

/** Ready to work as fast as it will. */
async function startWorker(installation: Installation, api: Server): Promise<Server> {
  const worker = await installation.worker('--concurrency', '1');
  await ingestTexts(api.url, someTexts(WARM_UP, 'warming up'));
  await untilDone(installation);
  return worker;
}

/** @returns seconds from the moment that all were there to the end of the last, as the database saw them */
async function ingest(installation: Installation, api: Server, about: string): Promise<number> {
  await ingestTexts(api.url, someTexts(TEXTS, about));
  await untilDone(installation);
  const { rows } = await installation.sql.query<{ seconds: number; attempts: number }>(
    `SELECT extract(epoch FROM max(finished_at) - max(created_at))::float8 AS seconds, max(attempts)::int AS attempts
       FROM (SELECT * FROM ingestions ORDER BY created_at DESC, id DESC LIMIT $1) latest`,
    [TEXTS],
  );
  if (rows[0]!.attempts !== 1) throw new Error('An ingestion was tried more than once.');
  return rounded(rows[0]!.seconds);
}

async function untilDone({ sql }: Installation): Promise<void> {
  for (;;) {
    const { rows } = await sql.query<{ status: string; count: number }>(`SELECT status, count(*)::int FROM ingestions WHERE status <> 'SUCCEEDED' GROUP BY 1`);
    if (rows.length === 0) return;
    if (rows.some(({ status }) => status === 'FAILED')) throw new Error('An ingestion failed.');
    await pause(LOOK_MS);
  }
}
