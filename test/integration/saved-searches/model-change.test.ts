import { expect, it, vi } from 'vitest';
import type { SearchRequest } from '../../../src/domain/operations.js';
import { withApp } from '../../support/app.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

const home = withApp({ openEmbedder: withSecondModels() });
const changes = () => home.app.services.modelChanges;
const savedSearches = () => home.app.services.savedSearches;
const BY_VECTOR = { mode: 'VECTOR', fusion: 'RELATIVE_SCORE', minVectorScore: 0.9 } as const;

const take = async (text: string) => {
  const { object, ingestion } = await home.ingestText(operator, text);
  await home.ended(operator, ingestion.id);
  return object.id;
};
const save = (request: SearchRequest) => savedSearches().create(operator, { name: 'by a vector', input: {}, request });
/** The searches that were told of an object, once it has been held against all of them. */
const toldOf = async (objectId: string): Promise<string[]> => {
  const { sql } = home.app.engine;
  await vi.waitFor(async () => expect(await sql.query('SELECT FROM saved_searches_due')).toEqual([]), { timeout: 30_000, interval: 50 });
  return (await sql.query<{ saved_search_id: string }>('SELECT saved_search_id FROM saved_search_matches WHERE object_id = $1 ORDER BY 1', [objectId])).map((row) => row.saved_search_id);
};

it('a search by a vector is held against the space that it was saved for through a whole change of models, and never against another', async () => {
  const text = 'The old stone bridge crosses the river below the mill.';
  const [vector] = await home.app.deps.embedder.embedTexts(FIRST, [text]);
  const own = [...vector!];
  // In the space of the second model it is the same text's.
  const reversed = own.toReversed();
  const alone = await save({ ...BY_VECTOR, vector: own });
  const asTerm = await save({ ...BY_VECTOR, terms: [{ vector: own, weight: 1 }] });
  const stranger = await save({ ...BY_VECTOR, vector: reversed });
  expect(await toldOf(await take(text))).toEqual([alone.id, asTerm.id]);

  const { id } = await changes().start(operator, { to: SECOND });
  await untilPhase(home.app, id, 'READY');
  expect(await toldOf(await take(`${text} `))).toEqual([alone.id, asTerm.id]);
  // Who saves one now has to say which is meant.
  await expect(save({ ...BY_VECTOR, vector: own })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  const second = await save({ ...BY_VECTOR, vector: reversed, model: SECOND });

  await changes().cutOver(operator, id, { acceptFailures: false });
  expect(await toldOf(await take(`${text}  `))).toEqual([alone.id, asTerm.id, second.id]);

  await changes().cleanUp(operator, id);
  await untilPhase(home.app, id, 'CLEANED');
  expect(await toldOf(await take(`${text}   `))).toEqual([second.id]);
  for (const search of [alone, asTerm, stranger]) {
    await expect(savedSearches().results(operator, search, { first: 1 })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('were taken out') as string });
  }
});
