import { vi } from 'vitest';
import { compose } from '../../../src/app/compose.js';
import { loadConfig } from '../../../src/config/load.js';
import { violations } from '../../support/invariants.js';
import type { Installation } from './installation.js';

/** Until no ingestion is waiting or under way, and what failed is undone: whoever had it may have to fall silent first. */
export async function untilDone({ sql }: Installation, timeout = 60_000): Promise<void> {
  const open = async () => {
    const { rows } = await sql.query<{ open: number }>(
      `SELECT ((SELECT count(*) FROM ingestions WHERE status IN ('QUEUED', 'RUNNING')) + (SELECT count(*) FROM sagas WHERE status IN ('RUNNING', 'COMPENSATING')))::int AS open`,
    );
    return rows[0]!.open;
  };
  const none = async () => {
    const left = await open();
    if (left > 0) throw new Error(`${left} ingestions or sagas are not done after ${timeout} ms.`);
  };
  await vi.waitFor(none, { timeout, interval: 50 });
}

/**
 * What must hold of the whole installation whenever nothing is under way, looked at through a process of its own: rows, bytes
 * and, in Weaviate or Chroma, exactly what the rows say. Empty where all is well.
 */
export async function wrongsOf(installation: Installation): Promise<string[]> {
  const app = await compose(loadConfig({ file: installation.config }), { jobs: false });
  try {
    const found = await violations(app);
    if (installation.settings.vector_database.provider !== 'weaviate') return found;
    // These words are in Weaviate, which is looked at below.
    return [...found.filter((each) => !each.startsWith('a passage without its words')), ...(await weaviateWrongs(installation))];
  } finally {
    await app.stop();
  }
}

async function weaviateWrongs({ sql, settings }: Installation): Promise<string[]> {
  const { url, collection_prefix: prefix } = settings.vector_database.weaviate as { url: string; collection_prefix: string };
  const { rows: [untold] } = await sql.query<{ count: number }>('SELECT count(*)::int FROM index_changes');
  const { rows: [wanted] } = await sql.query<{ passages: number; others: number }>(
    `SELECT (SELECT count(*)::int FROM passages) AS passages, (SELECT count(*)::int FROM embeddings WHERE passage_id IS NULL) AS others`,
  );
  const query = `{ Aggregate { ${prefix}Passage(tenant: "default") { meta { count } } } }`;
  const response = await fetch(`${url}/v1/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  const { data, errors } = (await response.json()) as { data: { Aggregate: Record<string, { meta: { count: number } }[]> }; errors?: unknown };
  if (errors !== undefined) return [`Weaviate: ${JSON.stringify(errors)}`];
  const there = data.Aggregate[`${prefix}Passage`]![0]!.meta.count;
  const expected = wanted!.passages + wanted!.others;
  return [
    ...(untold!.count === 0 ? [] : [`Weaviate has not been told of ${untold!.count} changes`]),
    ...(there === expected ? [] : [`Weaviate has ${there} entries, where there are ${wanted!.passages} passages and ${wanted!.others} vectors of whole objects`]),
  ];
}
