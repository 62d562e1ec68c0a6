import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load.js';
import { ROLES, type Role } from '../../../src/domain/model.js';
import { withApi, type ApiClient } from '../../support/api.js';

const rank = (role: Role) => ROLES.indexOf(role);

/** Something of everything, in one tenant. */
async function furnish(admin: ApiClient) {
  const [object, spare] = (await admin.texts([{ text: 'What everybody may read.' }, { text: 'What may be purged.' }])) as [string, string];
  const { createAnnotations, createAggregation, createUpload } = await admin.ask(
    `mutation($id: ID!) {
      createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "the admin's" } }]) { ... on Annotation { id } }
      createAggregation(input: { type: COUNT, objectIds: [$id] }) { id }
      createUpload(input: { filename: "a.txt", fileSize: 3 }) { upload { id } }
    }`,
    { id: object },
  );
  const { dataObject } = await admin.ask('query($id: ID!) { dataObject(id: $id) { ingestion { id } } }', { id: object });
  return { object, spare, annotation: createAnnotations[0].id, aggregation: createAggregation.id, upload: createUpload.upload.id, ingestion: dataObject.ingestion.id } as Record<string, string>;
}

/** What the answer says where the role is enough: data, or an error that is not FORBIDDEN. */
async function codesOf(client: ApiClient, query: string, variables: Record<string, unknown>): Promise<string[]> {
  const { data, errors } = await client.post(query, variables);
  const items = Object.values((data ?? {}) as Record<string, unknown>).flatMap((value) => (Array.isArray(value) ? (value as { code?: string }[]) : []));
  return [...(errors ?? []).map((error) => error.extensions.code as string), ...items.flatMap((item) => item?.code ?? [])];
}

describe('keys', () => {
  const api = withApi();

  const READS = [
    'query($object: ID!) { dataObject(id: $object) { id text downloadUrl { url } similar { totalCount } embeddings { vector } annotations { totalCount } aggregations { totalCount } ingestion { id } } }',
    '{ dataObjects { totalCount } annotations { totalCount } aggregations { totalCount } ingestions { totalCount } embeddingModels { name } }',
    '{ search(input: { query: "read" }) { totalCount } }',
    'query($object: ID!, $upload: ID!) { node(id: $object) { id } nodes(ids: [$object]) { id } uploadSession(id: $upload) { id } _entities(representations: [{ __typename: "DataObject", id: $object }]) { __typename } }',
  ];
  /** Each mutation with the least role that it needs. */
  const WRITES: [Role, string, string][] = [
    ['annotator', 'createAnnotations', 'createAnnotations(input: [{ objectId: $object, type: CAPTION, content: { text: "mine" } }]) { ... on UserError { code } }'],
    ['editor', 'ingestText', 'ingestText(input: { text: "by somebody" }) { deduplicated }'],
    ['editor', 'ingestTexts', 'ingestTexts(input: [{ text: "by somebody" }]) { ... on UserError { code } }'],
    ['editor', 'createUpload', 'createUpload(input: { filename: "a.txt", fileSize: 1 }) { deduplicated }'],
    ['editor', 'completeUpload', 'completeUpload(input: { id: $upload }) { deduplicated }'],
    ['editor', 'abortUpload', 'abortUpload(id: $upload) { id }'],
    ['editor', 'updateDataObject', 'updateDataObject(input: { id: $object, metadata: { by: "somebody" } }) { id }'],
    ['editor', 'deleteDataObject', 'deleteDataObject(id: $spare) { id }'],
    ['editor', 'undeleteDataObject', 'undeleteDataObject(id: $spare) { id }'],
    ['editor', 'retryIngestion', 'retryIngestion(id: $ingestion) { id }'],
    ['editor', 'createAggregation', 'createAggregation(input: { type: COUNT, objectIds: [$object] }) { id }'],
    ['editor', 'deleteAggregation', 'deleteAggregation(id: $aggregation)'],
    ['admin', 'updateAnnotation of another', 'updateAnnotation(input: { id: $annotation, confidence: 0.1 }) { id }'],
    ['admin', 'deleteAnnotation of another', 'deleteAnnotation(id: $annotation) { id }'],
    ['admin', 'createAnnotations in another’s name', 'createAnnotations(input: [{ objectId: $object, type: CAPTION, content: { text: "theirs" }, annotatorId: "someone" }]) { ... on UserError { code } }'],
    ['admin', 'purgeDataObject', 'purgeDataObject(id: $spare) { id }'],
  ];

  it('of every role read everything', async () => {
    const clients = api.tenant();
    const things = await furnish(clients.admin);
    for (const role of ROLES) for (const query of READS) expect(await codesOf(clients[role], query, things), `${role}: ${query}`).toEqual([]);
  });

  it('do no more than their role allows, and nothing is changed by what is refused', async () => {
    const clients = api.tenant();
    const things = await furnish(clients.admin);
    const VARIABLES = '$object: ID!, $spare: ID!, $annotation: ID!, $aggregation: ID!, $upload: ID!, $ingestion: ID!';
    const USE = 'a: dataObject(id: $object) { version isDeleted annotations(filter: { includeDeleted: true }) { totalCount } } b: dataObject(id: $spare) { isDeleted } c: node(id: $annotation) { ... on Annotation { version isDeleted } } d: node(id: $aggregation) { id } e: uploadSession(id: $upload) { status } f: ingestion(id: $ingestion) { attempts } g: dataObjects { totalCount }';
    const state = () => clients.admin.ask(`query(${VARIABLES}) { ${USE} }`, things);
    const before = await state();
    const run = (client: ApiClient, field: string) => {
      const used = VARIABLES.split(', ').filter((each) => field.includes(each.split(':')[0]!));
      return codesOf(client, `mutation${used.length > 0 ? `(${used.join(', ')})` : ''} { ${field} }`, Object.fromEntries(Object.entries(things).filter(([name]) => field.includes(`$${name}`))));
    };
    for (const [least, name, field] of WRITES) {
      for (const role of ROLES.filter((each) => rank(each) < rank(least))) expect(await run(clients[role], field), `${role}: ${name}`).toEqual(['FORBIDDEN']);
    }
    expect(await state()).toEqual(before);
    for (const [least, name, field] of WRITES) expect(await run(clients[least], field), `${least}: ${name}`).not.toContain('FORBIDDEN');
  });

  it('let annotators change their own annotations, and nobody those of the system', async () => {
    const clients = api.tenant();
    const { object } = await furnish(clients.admin);
    const { createAnnotations } = await clients.annotator.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "own" } }]) { ... on Annotation { id annotatorId } } }', { id: object });
    const [{ id, annotatorId }] = createAnnotations;
    expect(annotatorId).toBe(clients.annotator.viewer);
    const UPDATE = 'mutation($id: ID!) { updateAnnotation(input: { id: $id, confidence: 0.5 }) { confidence } }';
    expect((await clients.annotator.ask(UPDATE, { id })).updateAnnotation.confidence).toBe(0.5);
    await clients.editor.refused('FORBIDDEN', UPDATE, { id });
    await clients.annotator.ask('mutation($id: ID!) { deleteAnnotation(id: $id) { id } undeleteAnnotation(id: $id) { id } }', { id });
    const { dataObject } = await clients.reader.ask('query($id: ID!) { dataObject(id: $id) { annotations { nodes { id annotatorId } } } }', { id: object });
    const systems = dataObject.annotations.nodes.filter((node: { annotatorId: string }) => node.annotatorId.startsWith('system:'));
    expect(systems.length).toBeGreaterThan(0);
    await clients.admin.refused('FORBIDDEN', UPDATE, { id: systems[0].id });
    const own = await clients.admin.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "for her" }, annotatorId: "agnes" }, { objectId: $id, type: CAPTION, content: { text: "no" }, annotatorId: "system:keywords@1" }]) { ... on Annotation { annotatorId } ... on UserError { code path } } }', { id: object });
    expect(own.createAnnotations).toEqual([{ annotatorId: 'agnes' }, { code: 'BAD_USER_INPUT', path: ['input', '1', 'annotatorId'] }]);
  });

  it('keep tenants apart in everything', async () => {
    const [mine, theirs] = [api.tenant(), api.tenant()];
    const things = await furnish(mine.admin);
    const { admin } = theirs;
    for (const [, name, field] of WRITES) {
      const used = Object.keys(things).filter((each) => field.includes(`$${each}`));
      if (used.length === 0) continue;
      const codes = await codesOf(admin, `mutation(${used.map((each) => `$${each}: ID!`).join(', ')}) { ${field} }`, Object.fromEntries(used.map((each) => [each, things[each]])));
      expect(codes, name).toEqual(['NOT_FOUND']);
    }
    await admin.refused('NOT_FOUND', 'query($id: ID!) { search(input: { objectId: $id }) { totalCount } }', { id: things.object });
    expect((await admin.ask('{ search(input: { query: "what everybody may read" }) { totalCount } }')).search.totalCount).toBe(0);
    const { dataObject } = await mine.admin.ask('query($id: ID!) { dataObject(id: $id) { contentHash embeddings { id vector } } }', { id: things.object });
    expect((await admin.ask('query($h: SHA256!) { dataObjectByHash(contentHash: $h) { id } }', { h: dataObject.contentHash })).dataObjectByHash).toBeNull();
    expect((await admin.ask('query($v: [Float!]) { search(input: { vector: $v }) { totalCount } }', { v: dataObject.embeddings[0].vector })).search.totalCount).toBe(0);
    const denied = (await admin.overSocket('subscription($id: ID!) { ingestionProgress(ingestionId: $id) { id } }', { id: things.ingestion }).next()).value;
    expect(denied.errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('are asked for: UNAUTHENTICATED without one, or with a wrong one, on every way in', async () => {
    for (const stranger of [api.stranger(), api.stranger('not-a-key-of-this-server')]) {
      const answer = await stranger.post('{ dataObjects { totalCount } }');
      expect(answer.errors?.map((error) => error.extensions.code)).toEqual(['UNAUTHENTICATED']);
      expect(answer.data ?? null).toBeNull();
      expect(answer.status).toBe(401);
      const events = (await stranger.overEvents('subscription { dataObjectChanged { id } }').next().catch((error: unknown) => ({ value: error }))) as { value: unknown };
      expect(JSON.stringify(events.value) + String(events.value)).toMatch(/UNAUTHENTICATED|401/);
      await expect(stranger.overSocket('subscription { dataObjectChanged { id } }').next()).rejects.toMatchObject({ code: 4401 });
    }
    const { reader } = api.tenant();
    const key = reader.headers.authorization!.replace('Bearer ', '');
    const other = await fetch(`${api.origin}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': key }, body: '{"query":"{ dataObjects { totalCount } }"}' });
    expect(await other.json()).toEqual({ data: { dataObjects: { totalCount: 0 } } });
    expect((await fetch(`${api.origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${api.origin}/readyz`)).status).toBe(200);
    const log = JSON.stringify(api.lines.map(({ fields, message }) => [String(fields.path), message, Object.keys(fields)]));
    expect(log).not.toContain(key);
  });
});

describe('without keys', () => {
  const api = withApi({ tenants: 0 });

  it('whoever is on this machine is trusted, and no page of elsewhere', async () => {
    const anybody = api.stranger();
    const [id] = await anybody.texts([{ text: 'For anybody on this machine.' }]);
    const { createAnnotations } = await anybody.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "x" } }]) { ... on Annotation { annotatorId } } }', { id });
    expect(createAnnotations[0].annotatorId).toBe('anonymous');
    expect((await anybody.ask('mutation($id: ID!) { purgeDataObject(id: $id) { bytesFreed } }', { id })).purgeDataObject.bytesFreed).toBe(28);
    const simple = await fetch(`${api.origin}/graphql?query={dataObjects{totalCount}}`, { headers: { origin: 'https://elsewhere.example' } });
    expect(simple.headers.get('access-control-allow-origin')).toBeNull();
    const form = await fetch(`${api.origin}/graphql`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"mutation { ingestText(input: { text: \\"x\\" }) { deduplicated } }"}' });
    expect(form.status).toBeGreaterThanOrEqual(400);
  });

  it('binding elsewhere is refused at the start', () => {
    expect(() => loadConfig({ env: {}, cwd: '/nonexistent', overrides: { host: '0.0.0.0', dataDir: '/nonexistent/data' } })).toThrow(ConfigError);
    expect(() => loadConfig({ env: {}, cwd: '/nonexistent', overrides: { host: '0.0.0.0', dataDir: '/nonexistent/data' } })).toThrow(/api_keys/);
  });
});
