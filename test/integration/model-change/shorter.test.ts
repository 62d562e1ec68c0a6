import { randomUUID } from 'node:crypto';
import { cp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { withApp } from '../../support/app.js';
import { cosine } from '../../support/cosine.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const SHORT = 'reads-less';
const BREAD = 'Bread is baked from flour, water, salt and time, and the oven is heated with beech wood long before the dough is shaped by hand.';
const SHIPS = 'The harbour master writes down each ship that leaves, with its cargo, its crew and the weather of the morning.';

/** MiniLM itself, but for how far it reads: 48 tokens, where passages are cut for 256. */
describe('a change to a model that reads less', () => {
  const folder = join(tmpdir(), `strata-${SHORT}-${randomUUID()}`);
  // Before the program starts.
  beforeAll(async () => {
    await cp(join(BUNDLED_MODELS, FIRST), folder, { recursive: true });
    await writeFile(join(folder, 'sentence_bert_config.json'), JSON.stringify({ max_seq_length: 48, do_lower_case: false }));
  });
  const home = withApp({ embedding: { models: [{ name: SHORT, path: folder }] } });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const take = async (text: string) => {
    const { object, ingestion } = await home.ingestText(operator, text);
    await home.ended(operator, ingestion.id);
    return object.id;
  };
  const passagesOf = (id: string) =>
    home.app.engine.sql.query<{ text: string; embedding: string }>(`SELECT p.text, e.id AS embedding FROM passages p JOIN embeddings e ON e.passage_id = p.id AND e.model_name = $2 WHERE p.object_id = $1 AND p.kind = 'content' ORDER BY p.position`, [id, SHORT]);
  /** How near the stored vector is to those of a passage's two halves, which each fit. */
  async function heard(id: string): Promise<number[]> {
    const { embedding } = (await passagesOf(id))[0]!;
    const stored = (await home.app.deps.vectors.fetch('default', { model: SHORT, dimensions: 384 }, [embedding])).get(embedding)!;
    return (await home.app.deps.embedder.embedTexts(SHORT, [BREAD, SHIPS])).map((half) => cosine(half, stored));
  }

  it('says how many passages are longer, and reads them to their ends', async () => {
    const long = await take(`${BREAD} ${SHIPS}`);
    await take('A short note on herons.');
    const estimate = await home.app.services.modelChanges.estimate(operator, { to: SHORT }, new AbortController().signal);
    expect(estimate).toMatchObject({ sampled: 2, cut: 1, total: { passages: 2, vectors: 2 } });
    expect(estimate.remarks.join(' ')).toContain('Of 2 passages looked at, 1 (50 %) are longer than "reads-less" reads at once, 1 of all.');

    const { id } = await home.app.services.modelChanges.start(operator, { to: SHORT });
    await untilPhase(home.app, id, 'READY');
    // One that came meanwhile was cut for the old model, too.
    const meanwhile = await take(`${SHIPS} ${BREAD}`);
    for (const object of [long, meanwhile]) {
      expect(await passagesOf(object)).toHaveLength(1);
      for (const likeness of await heard(object)) expect(likeness).toBeGreaterThan(0.6);
    }
    await home.app.services.modelChanges.cutOver(operator, id, { acceptFailures: false });
    const { hits } = await home.app.services.search.search(operator, { query: 'a log of vessels and their freight', mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 3 });
    expect(new Set(hits.slice(0, 2).map(({ object }) => object.id))).toEqual(new Set([long, meanwhile]));
    await home.app.services.modelChanges.cleanUp(operator, id);
    await untilPhase(home.app, id, 'CLEANED');

    // Since the cut-over passages are cut for it.
    const later = await take(`${BREAD} ${SHIPS} Later.`);
    expect((await passagesOf(later)).length).toBeGreaterThan(1);
    expect(await violations(home.app)).toEqual([]);
  });
});
