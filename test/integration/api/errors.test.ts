import { describe, expect, it } from 'vitest';
import { internal } from '../../../src/domain/errors.js';
import { withApi } from '../../support/api.js';

const api = withApi();

const UPDATE = 'mutation($input: UpdateDataObjectInput!) { updateDataObject(input: $input) { id version metadata filename } }';
const ANNOTATE = `mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) {
  __typename ... on Annotation { id confidence content annotatorId } ... on UserError { code message path }
} }`;
const INGEST = `mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) {
  __typename ... on IngestPayload { dataObject { id metadata } } ... on UserError { code message path }
} }`;
const AGGREGATE = 'mutation($input: CreateAggregationInput!) { createAggregation(input: $input) { id type sourceCount parameters result createdBy } }';
const SEARCH = 'query($input: SearchInput!) { search(input: $input) { totalCount } }';
const CREATE = 'mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { id } } }';

describe('a message', () => {
  it('comes with a code and the place in the input', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'A text to be wrong about.' }]);
    const cases: [string, object, string[]][] = [
      [UPDATE, { input: { id, metadata: [1] } }, ['input', 'metadata']],
      [UPDATE, { input: { id, metadata: 'text' } }, ['input', 'metadata']],
      [UPDATE, { input: { id, filename: '' } }, ['input', 'filename']],
      [UPDATE, { input: { id, metadata: { deep: { text: 'a\0b' } } } }, ['input', 'metadata', 'deep', 'text']],
      [UPDATE, { input: { id, metadata: { half: '\ud83d' } } }, ['input', 'metadata', 'half']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 0 } }, ['input', 'fileSize']],
      [CREATE, { input: { filename: 'a.txt', fileSize: -1 } }, ['input', 'fileSize']],
      [CREATE, { input: { filename: '', fileSize: 1 } }, ['input', 'filename']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 1, metadata: ['no object'] } }, ['input', 'metadata']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 1, metadata: { half: '\ud83d' } } }, ['input', 'metadata', 'half']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 1, metadata: { text: 'a\0b' } } }, ['input', 'metadata', 'text']],
      [AGGREGATE, { input: { type: 'COUNT' } }, ['input', 'objectIds']],
      [AGGREGATE, { input: { type: 'COUNT', objectIds: [id], filter: {} } }, ['input', 'objectIds']],
      [AGGREGATE, { input: { type: 'COUNT', objectIds: [] } }, ['input', 'objectIds']],
      [AGGREGATE, { input: { type: 'COUNT', objectIds: [id], result: { n: 1 } } }, ['input', 'result']],
      [AGGREGATE, { input: { type: 'CUSTOM', objectIds: [id] } }, ['input', 'result']],
      [AGGREGATE, { input: { type: 'TIMELINE', objectIds: [id], parameters: { interval: 'fortnight' } } }, ['input', 'parameters', 'interval']],
      [SEARCH, { input: {} }, ['input']],
      [SEARCH, { input: { query: '  ' } }, ['input', 'query']],
      [SEARCH, { input: { query: 'a', alpha: 1.01 } }, ['input', 'alpha']],
      [SEARCH, { input: { query: 'a', facets: [{ field: 'colour' }] } }, ['input', 'facets', '0', 'field']],
      [SEARCH, { input: { query: 'a', model: 'no-such-model' } }, ['input', 'model']],
      ['query($id: ID!) { dataObject(id: $id) { downloadUrl(expiresIn: 604801) { url } } }', { id }, ['expiresIn']],
      ['query($id: ID!) { dataObject(id: $id) { downloadUrl(expiresIn: 0) { url } } }', { id }, ['expiresIn']],
      ['{ dataObjects(filter: { metadata: [{ path: "a" }] }) { totalCount } }', {}, ['filter', 'metadata', '0']],
    ];
    for (const [query, variables, path] of cases) {
      const error = await admin.refused('BAD_USER_INPUT', query, variables as Record<string, unknown>);
      expect(error.extensions.path, `${query} ${JSON.stringify(variables)}: ${error.message}`).toEqual(path);
      expect(error.message.length, error.message).toBeGreaterThan(20);
    }
  });

  it('about a value of the wrong kind names the variable’s place', async () => {
    const { admin } = api.tenant();
    const cases: [string, object, string[]][] = [
      ['query($f: DataObjectFilter) { dataObjects(filter: $f) { totalCount } }', { f: { types: ['TEXT', 'SMELL'] } }, ['f', 'types', '1']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 1.5 } }, ['input', 'fileSize']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 2 ** 53 } }, ['input', 'fileSize']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 1, contentHash: 'abc' } }, ['input', 'contentHash']],
      [CREATE, { input: { filename: 'a.txt', fileSize: 1, type: 'SMELL' } }, ['input', 'type']],
      ['query($f: DataObjectFilter) { dataObjects(filter: $f) { totalCount } }', { f: { createdAt: { gte: 'yesterday' } } }, ['f', 'createdAt', 'gte']],
      ['query($o: DataObjectOrder) { dataObjects(orderBy: $o) { totalCount } }', { o: { field: 'COLOUR', direction: 'ASC' } }, ['o', 'field']],
      ['query($id: ID!) { dataObject(id: $id) { id } }', {}, ['id']],
    ];
    for (const [query, variables, path] of cases) expect((await admin.refused('BAD_USER_INPUT', query, variables as Record<string, unknown>)).extensions.path, query).toEqual(path);
    await admin.refused('BAD_USER_INPUT', '{ dataObjects(filter: { types: [SMELL] }) { totalCount } }');
    await admin.refused('BAD_USER_INPUT', '{ dataObjcts { totalCount } }');
    await admin.refused('BAD_USER_INPUT', '{ dataObjects {');
  });

  it('is the same for every item of a list, and each item stands alone', async () => {
    const { admin } = api.tenant();
    const { ingestTexts } = await admin.ask(INGEST, {
      input: [
        { text: 'fine' }, { text: ' \n ' }, { text: 'x', metadata: 'none' }, { text: 'y', filename: '' }, { text: 'also fine', metadata: null, filename: null }, { text: 'z', metadata: { a: 'b\0' } },
      ],
    });
    const object = ingestTexts[0].dataObject.id as string;
    expect(ingestTexts.map((each: { __typename: string; code?: string; path?: string[] }) => each.path ?? each.__typename)).toEqual([
      'IngestPayload', ['input', '1', 'text'], ['input', '2', 'metadata'], ['input', '3', 'filename'], 'IngestPayload', ['input', '5', 'metadata', 'a'],
    ]);
    const good = { objectId: object, type: 'CAPTION', content: { text: 'a caption' } };
    const cases: [object, string, string[]][] = [
      [{ ...good, confidence: 1.01 }, 'BAD_USER_INPUT', ['confidence']],
      [{ ...good, confidence: -0.01 }, 'BAD_USER_INPUT', ['confidence']],
      [{ ...good, content: { words: 'none' } }, 'BAD_USER_INPUT', ['content', 'text']],
      [{ ...good, content: ['none'] }, 'BAD_USER_INPUT', ['content']],
      [{ ...good, type: 'DETECTION', content: { boxes: [{ label: 'boat', x: 0.5, y: 0.5, width: 0.6, height: 0.1 }] } }, 'BAD_USER_INPUT', ['content', 'boxes', '0', 'width']],
      [{ ...good, type: 'CLASSIFICATION', content: { labels: [{ score: 1 }] } }, 'BAD_USER_INPUT', ['content', 'labels', '0', 'label']],
      [{ ...good, annotatorId: 'system:me@1' }, 'BAD_USER_INPUT', ['annotatorId']],
      [{ ...good, objectId: 'obj_0000000000000000000000000a' }, 'NOT_FOUND', ['objectId']],
      [{ ...good, objectId: 'ann_0000000000000000000000000a' }, 'BAD_USER_INPUT', ['objectId']],
    ];
    const input = [...cases.map(([item]) => item), { ...good, confidence: 1 }];
    const { createAnnotations } = await admin.ask(ANNOTATE, { input });
    cases.forEach(([item, code, path], i) => expect(createAnnotations[i], JSON.stringify(item)).toMatchObject({ __typename: 'UserError', code, path: ['input', String(i), ...path] }));
    expect(createAnnotations.at(-1)).toMatchObject({ __typename: 'Annotation', confidence: 1, annotatorId: admin.viewer });
    expect((await admin.ask('query($v: [String!]) { annotations(filter: { annotatorIds: $v }) { totalCount } }', { v: [admin.viewer] })).annotations.totalCount).toBe(1);
  });

  it('of an update that was thought out for another version is CONFLICT, for objects and annotations', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'Versions count changes.', filename: 'v.txt' }]);
    const { updateDataObject } = await admin.ask(UPDATE, { input: { id, expectedVersion: 1, metadata: { a: 1, b: { c: 2 } }, filename: 'w.txt' } });
    expect(updateDataObject).toEqual({ id, version: 2, metadata: { a: 1, b: { c: 2 } }, filename: 'w.txt' });
    expect((await admin.refused('CONFLICT', UPDATE, { input: { id, expectedVersion: 1, metadata: { a: 2 } } })).extensions.path).toEqual(['input', 'expectedVersion']);
    expect((await admin.ask(UPDATE, { input: { id, metadata: { a: null, b: { d: 3 } }, filename: null } })).updateDataObject).toEqual({ id, version: 3, metadata: { b: { c: 2, d: 3 } }, filename: null });
    expect((await admin.ask(UPDATE, { input: { id, metadata: { b: { c: 2 } } } })).updateDataObject.version).toBe(3);
    const { createAnnotations } = await admin.ask(ANNOTATE, { input: [{ objectId: id, type: 'SUMMARY', content: { text: 'short' } }] });
    const CHANGE = 'mutation($input: UpdateAnnotationInput!) { updateAnnotation(input: $input) { version content confidence } }';
    const annotation = createAnnotations[0].id;
    expect((await admin.ask(CHANGE, { input: { id: annotation, expectedVersion: 1, confidence: 0.5 } })).updateAnnotation).toEqual({ version: 2, content: { text: 'short' }, confidence: 0.5 });
    expect((await admin.refused('CONFLICT', CHANGE, { input: { id: annotation, expectedVersion: 1, confidence: 0.6 } })).extensions.path).toEqual(['input', 'expectedVersion']);
    expect((await admin.refused('BAD_USER_INPUT', CHANGE, { input: { id: annotation, confidence: 1.01 } })).extensions.path).toEqual(['input', 'confidence']);
    await admin.refused('BAD_USER_INPUT', CHANGE, { input: { id: annotation, content: { text: 7 } } });
    expect((await admin.ask(CHANGE, { input: { id: annotation, confidence: null } })).updateAnnotation).toMatchObject({ version: 3, confidence: null });
  });
});

describe('text that a database cannot hold', () => {
  it.each([['U+0000', '\0'], ['half a surrogate pair', '\ud83d'], ['the other half', '\ude00']])('(%s) is refused or matches nothing, wherever it stands', async (_name, sign) => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'A text like any other.' }]);
    const word = `a${sign}b`;
    const attempts: [string, object][] = [
      [INGEST, { input: [{ text: word }, { text: `1${word}`, filename: word }, { text: `2${word}`, metadata: { [word]: word } }, { text: '3', idempotencyKey: word }] }],
      [CREATE, { input: { filename: word, fileSize: 1 } }],
      [CREATE, { input: { filename: 'a', fileSize: 1, idempotencyKey: `upload ${word}` } }],
      [UPDATE, { input: { id, filename: word } }],
      [ANNOTATE, { input: [{ objectId: id, type: 'CAPTION', content: { text: word } }, { objectId: id, type: 'CAPTION', content: { text: 'x' }, annotatorId: word }, { objectId: id, type: 'CAPTION', content: { text: 'y' }, idempotencyKey: `note ${word}` }] }],
      [AGGREGATE, { input: { type: 'CUSTOM', objectIds: [id], result: { [word]: word } } }],
      [AGGREGATE, { input: { type: 'METADATA_STATISTICS', objectIds: [id], parameters: { path: word } } }],
      [AGGREGATE, { input: { type: 'COUNT', filter: { mimeTypes: [word] }, idempotencyKey: `count ${word}` } }],
      [SEARCH, { input: { query: word } }],
      [SEARCH, { input: { query: word, mode: 'KEYWORD', facets: [{ field: `metadata.${word}` }], filter: { metadata: [{ path: word, equals: word }] } } }],
      ['query($w: String!) { dataObjects(filter: { mimeTypes: [$w], annotation: { label: $w, annotatorIds: [$w] } }) { totalCount } }', { w: word }],
      ['query($w: String!) { annotations(filter: { label: $w, annotatorIds: [$w] }) { totalCount } }', { w: word }],
      ['query($w: String!, $j: JSON) { dataObjects(filter: { metadata: [{ path: $w, equals: $j, contains: $j, gt: $j, in: [$j] }] }) { totalCount } }', { w: word, j: word }],
      ['query($w: String!, $id: ID!) { dataObject(id: $id) { embeddings(model: $w) { id } } }', { w: word, id }],
      ['query($w: String!) { dataObjects(after: $w) { totalCount } }', { w: word }],
      ['query($w: ID!) { node(id: $w) { id } }', { w: word }],
    ];
    for (const [query, variables] of attempts) {
      const { errors, data } = await admin.post(query, variables as Record<string, unknown>);
      const codes = [...(errors ?? []).map((error) => error.extensions.code), ...Object.values(data ?? {}).flatMap((list) => (Array.isArray(list) ? list.flatMap((each) => each.code ?? []) : []))];
      expect(codes.filter((code) => code !== 'BAD_USER_INPUT'), `${query} ${JSON.stringify(errors ?? data).slice(0, 500)}`).toEqual([]);
    }
    expect(api.lines.filter((line) => line.level === 'error')).toEqual([]);
  });
});

describe('what is not set up here', () => {
  it('is named together with the setting that brings it', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'A text, and no more.' }]);
    const { embeddingModels } = await admin.ask('{ embeddingModels { name dimensions modalities active available } }');
    const byName = new Map(embeddingModels.map((model: { name: string }) => [model.name, model]));
    expect(byName.get('all-MiniLM-L6-v2')).toMatchObject({ dimensions: 384, active: true, available: true });
    const absent = { 'clip-vit-base-patch32': 512, 'wav2vec2-base': 768, 'all-mpnet-base-v2': 768 };
    for (const [name, dimensions] of Object.entries(absent)) {
      expect(byName.get(name)).toMatchObject({ dimensions, active: false, available: false });
      const tries: [string, object][] = [
        [SEARCH, { input: { query: 'boats', model: name } }],
        [SEARCH, { input: { objectId: id, model: name } }],
        [SEARCH, { input: { vector: Array.from({ length: dimensions }, () => 0.5), model: name } }],
        ['query($id: ID!, $m: String) { dataObject(id: $id) { similar(model: $m) { totalCount } } }', { id, m: name }],
      ];
      for (const [query, variables] of tries) {
        const error = await admin.refused('NOT_CONFIGURED', query, variables as Record<string, unknown>);
        expect(error.extensions.feature, JSON.stringify(error)).toContain(name);
        expect(error.extensions.setting).toBe('embedding.models');
        expect(error.message).toContain('embedding.models');
      }
    }
    for (const type of ['ANNOTATOR_AGREEMENT', 'CENTROID']) {
      const error = await admin.refused('NOT_CONFIGURED', AGGREGATE, { input: { type, objectIds: [id] } });
      expect(error.extensions).toMatchObject({ feature: expect.stringContaining(type), path: ['input', 'type'] });
    }
    expect((await admin.ask('{ aggregations { totalCount } }')).aggregations.totalCount).toBe(0);
  });

  it('does not keep tiers from being filtered by', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'In the standard tier.' }]);
    const TIERS = 'query($t: [StorageTier!]) { dataObjects(filter: { tiers: $t }) { nodes { id storageTier restoreState } } }';
    expect((await admin.ask(TIERS, { t: ['STANDARD'] })).dataObjects.nodes).toEqual([{ id, storageTier: 'STANDARD', restoreState: 'NONE' }]);
    expect((await admin.ask(TIERS, { t: ['ARCHIVE', 'INFREQUENT_ACCESS'] })).dataObjects.nodes).toEqual([]);
  });
});

describe('a statement that the database ended by its clock', () => {
  it.each([
    ['57014', 'canceling statement due to statement timeout', 'statement_timeout_seconds'],
    ['55P03', 'canceling statement due to lock timeout', 'lock_timeout_seconds'],
  ])('is told with what to do (%s)', async (sqlState, said, setting) => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'A text whose row is hard to come by.' }]);
    const { sql } = api.serving.app.engine;
    await sql.query(`CREATE FUNCTION take_too_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${said}' USING ERRCODE = '${sqlState}'; END $$`);
    await sql.query(`CREATE TRIGGER too_long BEFORE UPDATE ON data_objects FOR EACH ROW WHEN (NEW.tenant_id = '${admin.tenant}') EXECUTE FUNCTION take_too_long()`);
    try {
      const error = await admin.refused('DEPENDENCY_UNAVAILABLE', UPDATE, { input: { id, filename: 'later.txt' } });
      expect(error.extensions).toMatchObject({ dependency: 'database', retryable: true });
      expect(error.message).toContain(`database.${setting}`);
      expect(error.message).not.toContain(said);
    } finally {
      await sql.query('DROP FUNCTION take_too_long() CASCADE');
    }
  });
});

describe('an unknown fault', () => {
  it('is masked, and found in the log by the request id that the client gets', async () => {
    const { admin } = api.tenant();
    const { objects } = api.serving.app.deps.database;
    const original = objects.page.bind(objects);
    objects.page = async () => {
      throw new Error('relation "data_objects" at /var/lib/strata is gone, password hunter2');
    };
    try {
      const answer = await admin.post('{ dataObjects { nodes { id } } }', {}, { 'x-request-id': 'trace-of-a-test' });
      expect(answer.headers.get('x-request-id')).toBe('trace-of-a-test');
      expect(answer.errors).toEqual([
        { message: expect.stringContaining('trace-of-a-test'), path: ['dataObjects'], locations: expect.anything(), extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'trace-of-a-test' } },
      ]);
      expect(JSON.stringify(answer)).not.toMatch(/hunter2|relation|\/var\/lib|at .*\.ts/);
      const logged = api.lines.find((line) => line.level === 'error' && line.fields.requestId === 'trace-of-a-test');
      expect(String((logged!.fields.err as Error).message)).toContain('hunter2');
      objects.page = async () => {
        throw internal('the very inside', new Error('deep'));
      };
      const [error] = (await admin.post('{ dataObjects { nodes { id } } }')).errors!;
      expect(error!.message).not.toContain('inside');
    } finally {
      objects.page = original;
    }
  });
});

describe('bad input', () => {
  it('in a path of the metadata leads nowhere and harms nothing', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'Robert’; drop table students', metadata: { a: 1 } }]);
    const path = "a'; drop table x";
    const FILTER = 'query($m: [MetadataFilter!]) { dataObjects(filter: { metadata: $m }) { nodes { id } } }';
    for (const condition of [{ equals: 1 }, { exists: true }, { contains: 'x' }, { gt: 0 }, { in: [1] }]) {
      expect((await admin.ask(FILTER, { m: [{ path, ...condition }] })).dataObjects.nodes, JSON.stringify(condition)).toEqual([]);
    }
    expect((await admin.ask(FILTER, { m: [{ path, exists: false }] })).dataObjects.nodes).toEqual([{ id }]);
    expect((await admin.ask(SEARCH, { input: { query: 'students', filter: { metadata: [{ path, equals: 1 }] } } })).search.totalCount).toBe(0);
    const { createAggregation } = await admin.ask(AGGREGATE, { input: { type: 'METADATA_STATISTICS', objectIds: [id], parameters: { path } } });
    expect(createAggregation.result).toMatchObject({ objects: 1, present: 0, missing: 1 });
    const { search } = await admin.ask('query($f: String!) { search(input: { query: "students", mode: KEYWORD, facets: [{ field: $f }] }) { facets { field buckets { value count } } } }', { f: `metadata.${path}` });
    expect(search.facets).toEqual([{ field: `metadata.${path}`, buckets: [] }]);
    expect((await admin.ask(FILTER, { m: [{ path: 'a', equals: 1 }] })).dataObjects.nodes).toEqual([{ id }]);
  });

  it('of 10,000 ids is refused wherever ids are taken', async () => {
    const { admin } = api.tenant();
    const ids = Array.from({ length: 10_000 }, () => 'obj_01h455vb4pex5vsknk084sn02q');
    await admin.refused('BAD_USER_INPUT', 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    await admin.refused('BAD_USER_INPUT', 'query($ids: [ID!]) { annotations(filter: { objectIds: $ids }) { totalCount } }', { ids });
    await admin.refused('BAD_USER_INPUT', AGGREGATE, { input: { type: 'COUNT', objectIds: ids } });
    const last = (await admin.overEvents('subscription($ids: [ID!]!) { ingestionsProgress(ids: $ids) { id } }', { ids: ids.map((id) => id.replace('obj', 'ing')) }).next()).value;
    expect(last.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    await admin.refused('BAD_USER_INPUT', ANNOTATE, { input: ids.map((objectId) => ({ objectId, type: 'CAPTION', content: { text: 'x' } })) });
  });

  it('in a cursor that someone wrote is refused, whatever it says', async () => {
    const { admin } = api.tenant();
    await admin.texts([{ text: 'Somewhere in the middle.', filename: 'm.txt' }]);
    for (const field of ['CREATED_AT', 'UPDATED_AT', 'FILE_SIZE', 'FILENAME']) {
      const LIST = `query($after: String, $before: String) { dataObjects(after: $after, before: $before, orderBy: { field: ${field}, direction: DESC }) { edges { cursor } } }`;
      const [{ cursor }] = (await admin.ask(LIST)).dataObjects.edges;
      const [mark, , id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, unknown, string];
      const values = field === 'FILENAME' ? [5, '\0', '\ud83d'] : field === 'FILE_SIZE' ? ['abc', 1.5, 1e300, null] : ['abc', '', 5, '2020', 'now', '300000-01-01T00:00:00.000Z', '2020-99-01T00:00:00.000Z', null, '\0'];
      for (const value of values) {
        const forged = Buffer.from(JSON.stringify([mark, value, id])).toString('base64url');
        expect((await admin.refused('BAD_USER_INPUT', LIST, { after: forged })).extensions.path, `${field} ${value}`).toEqual(['after']);
        expect((await admin.refused('BAD_USER_INPUT', LIST, { before: forged })).extensions.path, `${field} ${value}`).toEqual(['before']);
      }
    }
  });

  it('that nests without end is refused, in what is kept and in what is compared', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'Flat.' }]);
    const nested = (levels: number) => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels)) as object;
    const FILTER = 'query($f: DataObjectFilter) { dataObjects(filter: $f) { totalCount } }';
    expect((await admin.ask(FILTER, { f: { metadata: [{ path: 'x', equals: nested(64) }] } })).dataObjects.totalCount).toBe(0);
    for (const levels of [65, 2_000]) {
      expect((await admin.refused('BAD_USER_INPUT', FILTER, { f: { metadata: [{ path: 'x', equals: nested(levels) }] } })).extensions.path).toEqual(['filter', 'metadata', '0', 'equals']);
      await admin.refused('BAD_USER_INPUT', UPDATE, { input: { id, metadata: nested(levels) } });
    }
    expect((await admin.ask(UPDATE, { input: { id, metadata: nested(64) } })).updateDataObject.version).toBe(2);
    const FILTERS = (depth: number) => JSON.parse('{"not":'.repeat(depth) + '{}' + '}'.repeat(depth)) as object;
    await admin.ask(FILTER, { f: FILTERS(15) });
    await admin.refused('BAD_USER_INPUT', FILTER, { f: FILTERS(16) });
  });

  it('in a reference of another subgraph is refused', async () => {
    const { admin } = api.tenant();
    const ENTITIES = 'query($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    for (const reference of [{ __typename: 'Nope', id: '1' }, { id: 'obj_01h455vb4pex5vsknk084sn02q' }, { __typename: 'DataObject' }, { __typename: 'Ingestion', id: 'ing_01h455vb4pex5vsknk084sn02q' }, 'x', null]) {
      await admin.refused('BAD_USER_INPUT', ENTITIES, { r: [reference] });
    }
  });

  it('that asks for too much is TOO_COMPLEX, with both numbers', async () => {
    const { admin } = api.tenant();
    const error = await admin.refused('TOO_COMPLEX', '{ dataObjects(first: 500) { nodes { annotations(first: 500) { nodes { id } } } } }');
    expect(error.message).toMatch(/\d.*100,000/);
    await admin.refused('TOO_COMPLEX', `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`);
  });
});
