import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import type { Viewer } from '../../../src/domain/model.js';
import { decodeTypeId } from '../../../src/domain/type-id.js';
import { Percolator } from '../../../src/services/saved-searches/percolator.js';
import { SearchService } from '../../../src/services/search/search.service.js';
import { withApi, type ApiClient, type Events } from '../../support/api.js';
import { gate } from '../../support/gate.js';
import { captionsIndexed } from '../../support/invariants.js';

const api = withApi();

const CREATE = 'mutation($input: CreateSavedSearchInput!) { createSavedSearch(input: $input) { id name input owner version } }';
const UPDATE = 'mutation($input: UpdateSavedSearchInput!) { updateSavedSearch(input: $input) { id name version } }';
const CHANGES = 'subscription($savedSearch: ID, $after: String) { dataObjectChanged(savedSearch: $savedSearch, after: $after) { cursor kind id version savedSearches { id score savedSearch { name } } } }';

interface Change {
  cursor: string;
  kind: string;
  id: string;
  version: number;
  savedSearches: { id: string; score: number; savedSearch: { name: string } | null }[];
}

const save = async (client: ApiClient, name: string, search: object): Promise<string> => (await client.ask(CREATE, { input: { name, search } })).createSavedSearch.id;
const percolated = () =>
  vi.waitFor(async () => expect(await api.serving.app.engine.sql.query('SELECT object_id FROM saved_searches_due')).toEqual([]), { timeout: 30_000, interval: 50 });
const next = async (events: Events): Promise<Change> => (await events.next()).value.data.dataObjectChanged;
/** Everything that is told from `after` on up to now. */
async function told(client: ApiClient, after: string, savedSearch: string | null = null): Promise<Change[]> {
  await percolated();
  const [last] = await client.texts([{ text: `The end of what is told, ${Math.random()}.` }]);
  await percolated();
  const changes: Change[] = [];
  const events = client.overSocket(CHANGES, { after, savedSearch: null });
  for (let change = await next(events); ; change = await next(events)) {
    if (change.id === last && change.kind === 'UPDATED') break;
    if (change.id !== last) changes.push(change);
  }
  await events.return?.();
  return changes.filter(({ savedSearches }) => savedSearch === null || savedSearches.some(({ id }) => id === savedSearch));
}
/** A cursor behind everything there is. */
async function now(client: ApiClient): Promise<string> {
  const { events } = api.serving.app.services;
  const viewer: Viewer = { id: 'test', tenantId: client.tenant, role: 'admin' };
  await client.texts([{ text: `A mark, ${Math.random()}.` }]);
  const ending = new AbortController();
  const changes = (await events.objectChanges(viewer, {}, ending.signal))[Symbol.asyncIterator]();
  const waiting = changes.next();
  await client.texts([{ text: `Another mark, ${Math.random()}.` }]);
  const { value } = await waiting;
  ending.abort();
  return value.cursor;
}

describe('a saved search', () => {
  it('tells by dataObjectChanged what it found, by meaning, by every word, and within its filter', async () => {
    const { admin } = api.tenant();
    const terns = await save(admin, 'terns', { query: 'terns on the beach', mode: 'VECTOR', minVectorScore: 0.5 });
    const words = await save(admin, 'words', { query: 'lighthouse keeper', mode: 'KEYWORD' });
    const filtered = await save(admin, 'filtered', { query: 'lighthouse', mode: 'KEYWORD', filter: { metadata: [{ path: 'year', gte: 2020 }], createdAt: { gte: '2020-01-01T00:00:00Z' } } });
    const events = admin.overSocket(CHANGES, { savedSearch: terns });
    const waiting = next(events);
    const after = await now(admin);
    const [birds, tower, old, other] = await admin.texts([
      { text: 'Terns nest on the sandy beach in June.' },
      { text: 'The keeper of the lighthouse polished the lens.', metadata: { year: 2021 } },
      { text: 'A lighthouse without anybody in it.', metadata: { year: 1990 } },
      { text: 'Quarterly results exceeded the expectations of analysts.' },
    ]);
    expect(await waiting).toMatchObject({ kind: 'MATCHED', id: birds, version: 1, savedSearches: [{ id: terns, savedSearch: { name: 'terns' } }] });
    await events.return?.();
    const matched = (await told(admin, after)).filter(({ kind }) => kind === 'MATCHED');
    expect(Object.fromEntries(matched.map(({ id, savedSearches }) => [id, savedSearches.map((found) => found.id).sort()]))).toEqual({ [birds!]: [terns], [tower!]: [words, filtered].sort() });
    expect(matched.find(({ id }) => id === tower)!.savedSearches.map(({ score }) => score)).toEqual([1, 1]);
    expect([old, other].every((id) => matched.every((change) => change.id !== id))).toBe(true);

    // What it finds over everything, by the same words.
    const { savedSearch } = await admin.ask('query($id: ID!) { savedSearch(id: $id) { name input results(first: 1) { nodes { id } } } }', { id: filtered });
    expect(savedSearch).toMatchObject({ name: 'filtered', results: { nodes: [{ id: tower }] } });
  });

  it('finds by every word a passage that is none of the best, and what fields say far behind', async () => {
    const { admin } = api.tenant();
    const found = await save(admin, 'storms', { query: 'lighthouse storm', mode: 'KEYWORD' });
    const after = await now(admin);
    const full = Array.from({ length: 5 }, (_, i) => `# Part ${i}\n\n${'The lighthouse, the lighthouse and again the lighthouse. '.repeat(20)}`);
    const one = `# The end\n\n${'The sea lay quiet for many a year, and nobody wrote anything down. '.repeat(8)}A storm came to the lighthouse.`;
    // A word that many have counts for little.
    await admin.texts(Array.from({ length: 30 }, (_, i) => ({ text: `A storm, number ${i}.` })));
    const document = await admin.upload(Buffer.from([...full, one].join('\n\n')), { filename: 'log.md' });
    const notes = `lighthouse ${'and some rope '.repeat(200)} storm`;
    const [fields] = await admin.texts([{ text: 'Of the year.', metadata: { notes } }, { text: 'The lighthouse.', metadata: { weather: 'storm' } }]);
    const { search } = await admin.ask('{ search(first: 50, input: { query: "lighthouse storm", mode: KEYWORD }) { edges { node { id } matches { text } } } }');
    const shown = new Map<string, string[]>(search.edges.map((edge: { node: { id: string }; matches: { text: string }[] }) => [edge.node.id, edge.matches.map(({ text }) => text)]));
    for (const id of [document.id, fields!]) expect(shown.get(id)!.some((text) => text.includes('lighthouse') && text.includes('storm'))).toBe(false);
    expect((await told(admin, after, found)).map((change) => change.id).sort()).toEqual([document.id, fields].sort());
  });

  it('tells a version once, whoever evaluates it and however often, and again when another version matches', async () => {
    const { admin } = api.tenant();
    const found = await save(admin, 'gulls', { query: 'gulls', mode: 'KEYWORD' });
    const after = await now(admin);
    const [id] = await admin.texts([{ text: 'Some birds.' }]);
    await admin.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "two gulls" } }]) { __typename } }', { id });
    await percolated();
    // The same object noted again and evaluated by several at once.
    const { app } = api.serving;
    const { sql } = app.engine;
    const note = () => sql.query(`INSERT INTO saved_searches_due (object_id, tenant_id) SELECT id, tenant_id FROM data_objects WHERE tenant_id = $1 ON CONFLICT DO NOTHING`, [admin.tenant]);
    const search = { search: (...args: Parameters<typeof app.services.search.search>) => app.services.search.search(...args) };
    const never = new AbortController().signal;
    for (let round = 0; round < 3; round++) {
      await note();
      await Promise.all([1, 2].map(() => new Percolator({ ...app.deps, search }).run(never)));
    }
    expect((await told(admin, after, found)).map((change) => [change.id, change.version])).toEqual([[id, 1]]);

    await admin.ask('mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { seen: true } }) { version } }', { id });
    expect((await told(admin, after, found)).map((change) => [change.id, change.version])).toEqual([[id, 1], [id, 2]]);
  });

  it('tells what it found though it is given another name meanwhile, and nothing where it has become another search', async () => {
    const { admin } = api.tenant();
    const { app } = api.serving;
    const [renamed, changed] = [await save(admin, 'puffins', { query: 'puffins', mode: 'KEYWORD' }), await save(admin, 'auks', { query: 'puffins', mode: 'KEYWORD' })];
    const after = await now(admin);
    const search = vi.spyOn(app.services.search, 'search');
    const real = SearchService.prototype.search.bind(app.services.search);
    let changes: Promise<unknown> | null = null;
    search.mockImplementation(async (...args) => {
      const result = await real(...args);
      if (result.hits.length > 0) {
        changes ??= Promise.all([
          admin.ask(UPDATE, { input: { id: renamed, name: 'puffins of the north' } }),
          admin.ask(UPDATE, { input: { id: changed, search: { query: 'razorbills', mode: 'KEYWORD' } } }),
        ]);
        await changes;
      }
      return result;
    });
    try {
      const [id] = await admin.texts([{ text: 'Puffins breed on the cliffs.' }]);
      await percolated();
      expect(changes).not.toBeNull();
      const matched = (await told(admin, after)).filter(({ kind }) => kind === 'MATCHED');
      expect(matched.map((change) => [change.id, change.savedSearches.map((found) => [found.id, found.savedSearch!.name])])).toEqual([[id, [[renamed, 'puffins of the north']]]]);
    } finally {
      search.mockRestore();
    }
  });

  it('loses nothing where whoever evaluates it dies before it has written', async () => {
    const { admin } = api.tenant();
    const found = await save(admin, 'seals', { query: 'seals', mode: 'KEYWORD' });
    const after = await now(admin);
    const { app } = api.serving;
    const dying = { search: () => Promise.reject(new Error('killed')) };
    const [id] = await admin.texts([{ text: 'Seals rest on the bank.' }]);
    await percolated();
    await app.engine.sql.query('DELETE FROM saved_search_matches');
    await app.engine.sql.query('INSERT INTO saved_searches_due (object_id, tenant_id) SELECT id, tenant_id FROM data_objects WHERE tenant_id = $1 ON CONFLICT DO NOTHING', [admin.tenant]);
    await new Percolator({ ...app.deps, search: dying }).run(new AbortController().signal).catch(() => undefined);
    expect((await told(admin, after, found)).map((change) => change.id)).toEqual([id, id]);
  });

  it('tells by meaning, too, what it found by words alone while the vectors did not answer, later and once', async () => {
    const { admin } = api.tenant();
    const { app } = api.serving;
    const embed = app.deps.embedder.embedTexts.bind(app.deps.embedder);
    const failing = vi.spyOn(app.deps.embedder, 'embedTexts').mockImplementation((model, texts, options) =>
      options?.priority === 'query' ? Promise.reject(dependencyUnavailable('models', new Error('killed'))) : embed(model, texts, options),
    );
    try {
      const both = await save(admin, 'by both', { query: 'terns on the beach' });
      const alone = await save(admin, 'by meaning alone', { query: 'terns on the shore', mode: 'VECTOR' });
      const after = await now(admin);
      const [words, meaning] = (await admin.texts([{ text: 'Terns on the beach.' }, { text: 'Terns nest in the dunes, on sandy coasts.' }])) as [string, string];
      const waiting = () => app.engine.sql.query('SELECT 1 FROM saved_searches_due WHERE attempts > 0 AND retry_at IS NOT NULL AND object_id = $1', [decodeTypeId('obj', meaning)]);
      await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), { timeout: 30_000, interval: 50 });
      failing.mockRestore();
      const matched = (await told(admin, after)).flatMap(({ kind, id, savedSearches }) => (kind === 'MATCHED' ? savedSearches.map((found) => [found.id, id, found.score === 1]) : []));
      expect(matched.sort()).toEqual([[both, words, true], [both, meaning, false], [alone, words, false], [alone, meaning, false]].sort());
    } finally {
      failing.mockRestore();
    }
  });

  it('by a picture tells of its copies, and of none that merely have something of its colours', async () => {
    const { admin } = api.tenant();
    const sample = (name: string) => readFile(join('samples/images', name));
    const original = await sample('lighthouse-dawn.jpg');
    const { id: objectId } = await admin.upload(original, { filename: 'dawn.jpg' });
    const found = await save(admin, 'like the dawn', { objectId });
    const after = await now(admin);
    const copy = await admin.upload(await sharp(original).resize(400).jpeg({ quality: 60 }).toBuffer(), { filename: 'copy.jpg' });
    const other = await admin.upload(await sample('boats-calm-morning.jpg'), { filename: 'boats.jpg' });
    const { search } = await admin.ask('query($objectId: ID!) { search(input: { objectId: $objectId }) { edges { node { id } explanation { vectorScore } } } }', { objectId });
    const cosines = new Map<string, number>(search.edges.map(({ node, explanation }: { node: { id: string }; explanation: { vectorScore: number } }) => [node.id, explanation.vectorScore]));
    expect(cosines.get(other.id)).toBeGreaterThan(0.5);
    expect((await told(admin, after, found)).map((change) => change.id)).toEqual([copy.id]);
  });

  it('finds by meaning what a caption says, though its vectors come long after it was told of', async () => {
    const { admin } = api.tenant();
    const { embedder } = api.serving.app.deps;
    const found = await save(admin, 'terns', { query: 'terns on the beach', mode: 'VECTOR' });
    const after = await now(admin);
    const [id] = await admin.texts([{ text: 'Quarterly results exceeded the expectations of analysts.' }]);
    await percolated();
    const held = gate();
    const embed = embedder.embedTexts.bind(embedder);
    const late = vi.spyOn(embedder, 'embedTexts').mockImplementation(async (model, texts, options) => {
      if (options?.priority === 'ingest') await held.pass();
      return embed(model, texts, options);
    });
    try {
      await admin.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "Terns nest on the sandy beach." } }]) { __typename } }', { id });
      await held.reached;
      await percolated();
    } finally {
      held.open();
      late.mockRestore();
    }
    await captionsIndexed(api.serving.app);
    expect((await told(admin, after, found)).map((change) => [change.id, change.version])).toEqual([[id, 1]]);
  });

  it('is settled by words alone where no model reads any: nothing is left to wait for', async () => {
    const { admin } = api.tenant();
    const { embedder } = api.serving.app.deps;
    const models = embedder.models.bind(embedder);
    const wordless = vi.spyOn(embedder, 'models').mockImplementation(() => models().map((model) => ({ ...model, readsWords: false })));
    try {
      const found = await save(admin, 'terns', { query: 'terns' });
      const after = await now(admin);
      const [id] = await admin.texts([{ text: 'Terns on the beach.' }]);
      expect((await told(admin, after, found)).map((change) => change.id)).toEqual([id]);
    } finally {
      wordless.mockRestore();
    }
  });

  it('finds nothing where what its filter names is gone, or its own object is, and holds none of the others up', async () => {
    const { admin } = api.tenant();
    const annotate = 'mutation($id: ID!, $content: JSON!) { createAnnotations(input: [{ objectId: $id, type: CLASSIFICATION, content: $content }]) { ... on Annotation { id } } }';
    const [like, id] = (await admin.texts([{ text: 'A tern.' }, { text: 'A tern on the pier.', metadata: { berth: 4 } }])) as [string, string];
    const { createAnnotations: [{ id: annotation }] } = await admin.ask(annotate, { id, content: { labels: [{ label: 'ringed' }] } });
    const words = { query: 'tern', mode: 'KEYWORD' };
    const gone = [
      await save(admin, 'of a field', { ...words, filter: { metadata: [{ path: 'berth', gte: 1 }] } }),
      await save(admin, 'of an annotation', { ...words, filter: { annotation: { label: 'ringed' } } }),
      await save(admin, 'of nothing said', { ...words, filter: { not: { annotation: { label: 'ringed' } }, metadata: [{ path: 'berth', exists: false }] } }),
      await save(admin, 'like another', { objectId: like }),
    ];
    const plain = await save(admin, 'plain', words);
    await percolated();
    const foundBy = async (changes: Change[]) => [...new Set(changes.filter((change) => change.id === id).flatMap(({ savedSearches }) => savedSearches.map((each) => each.id)))].sort();
    const before = await now(admin);
    await admin.ask('mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { berth: 4, round: 1 } }) { version } }', { id });
    expect(await foundBy(await told(admin, before))).toEqual([gone[0], gone[1], gone[3], plain].sort());

    await admin.ask('mutation($id: ID!) { purgeDataObject(id: $id) { annotations } }', { id: like });
    await admin.ask('mutation($id: ID!) { deleteAnnotation(id: $id) { id } }', { id: annotation });
    const after = await now(admin);
    await admin.ask('mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { berth: null, round: 2 } }) { version } }', { id });
    expect(await foundBy(await told(admin, after))).toEqual([gone[2], plain].sort());
    // What cannot be run any more is still there to be mended.
    expect((await admin.ask('query($id: ID!) { savedSearch(id: $id) { name } }', { id: gone[3] })).savedSearch).toEqual({ name: 'like another' });
    await admin.refused('NOT_FOUND', 'query($id: ID!) { savedSearch(id: $id) { results { nodes { id } } } }', { id: gone[3] });
  });

  it('is its owner’s to change, known to its tenant alone, bounded in number, and checked as a search is', async () => {
    const { admin, annotator, reader } = api.tenant();
    const own = await save(annotator, ' mine ', { query: 'x', mode: 'KEYWORD' });
    expect((await reader.ask('{ savedSearches { totalCount nodes { id name owner version } } }')).savedSearches).toEqual({ totalCount: 1, nodes: [{ id: own, name: 'mine', owner: annotator.viewer, version: 1 }] });
    expect((await reader.ask('query($id: ID!) { node(id: $id) { ... on SavedSearch { name } } }', { id: own })).node).toEqual({ name: 'mine' });
    expect((await api.tenant().admin.ask('query($id: ID!) { savedSearch(id: $id) { name } }', { id: own })).savedSearch).toBeNull();
    await reader.refused('FORBIDDEN', CREATE, { input: { name: 'x', search: { query: 'x' } } });
    const foreign = await save(admin, 'another’s', { query: 'x', mode: 'KEYWORD' });
    await annotator.refused('FORBIDDEN', UPDATE, { input: { id: foreign, name: 'mine' } });
    expect((await admin.ask(UPDATE, { input: { id: own, name: 'renamed', expectedVersion: 1 } })).updateSavedSearch).toEqual({ id: own, name: 'renamed', version: 2 });
    await annotator.refused('CONFLICT', UPDATE, { input: { id: own, name: 'again', expectedVersion: 1 } });
    expect((await annotator.refused('BAD_USER_INPUT', CREATE, { input: { name: 'x', search: { query: 'x', alpha: 2 } } })).extensions.path).toEqual(['input', 'search', 'alpha']);
    expect((await annotator.refused('BAD_USER_INPUT', CREATE, { input: { name: ' ', search: { query: 'x' } } })).extensions.path).toEqual(['input', 'name']);

    for (let i = 2; i < 100; i += 1) await save(admin, `number ${i}`, { query: 'x', mode: 'KEYWORD' });
    await admin.refused('CONFLICT', CREATE, { input: { name: 'one too many', search: { query: 'x' } } });
    const page = (await admin.ask('{ savedSearches(first: 60) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }')).savedSearches;
    // A cursor says where its search stood, be it there or not.
    await admin.ask('mutation($id: ID!) { deleteSavedSearch(id: $id) }', { id: page.nodes[59].id });
    const rest = (await admin.ask('query($after: String) { savedSearches(first: 60, after: $after) { pageInfo { hasNextPage } nodes { id } } }', { after: page.pageInfo.endCursor })).savedSearches;
    expect([page.totalCount, page.nodes.length, rest.nodes.length, rest.pageInfo.hasNextPage]).toEqual([100, 60, 40, false]);
    expect(await admin.ask('mutation($id: ID!) { deleteSavedSearch(id: $id) }', { id: own })).toEqual({ deleteSavedSearch: own });
    await admin.refused('NOT_FOUND', 'mutation($id: ID!) { deleteSavedSearch(id: $id) }', { id: own });
  });
});
