import { describe, expect, it } from 'vitest';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi();

interface Mutation {
  /** The answer's part that must be the same again. */
  run(client: ApiClient, key: string | undefined, variant: number): Promise<{ answer?: unknown; code?: string; path?: string[]; deduplicated?: boolean }>;
  /** How many of them there are. */
  count(client: ApiClient): Promise<number>;
}

async function single(client: ApiClient, query: string, input: object, name: string) {
  const { data, errors } = await client.post(query, { input });
  if (errors) return { code: errors[0]!.extensions.code, path: errors[0]!.extensions.path };
  return { answer: data[name], deduplicated: data[name].deduplicated };
}

/** Two different inputs (`variant`) of each mutation that takes a key. */
const MUTATIONS: Record<string, Mutation> = {
  ingestText: {
    run: (client, idempotencyKey, variant) =>
      single(client, 'mutation($input: IngestTextInput!) { ingestText(input: $input) { dataObject { id } ingestion { id } deduplicated } }', { text: `text ${variant}`, metadata: { variant }, idempotencyKey }, 'ingestText'),
    count: async (client) => (await client.ask('{ dataObjects { totalCount } }')).dataObjects.totalCount,
  },
  ingestTexts: {
    async run(client, idempotencyKey, variant) {
      const { ingestTexts } = await client.ask(
        'mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload { dataObject { id } deduplicated } ... on UserError { code path } } }',
        { input: [{ text: `keyed ${variant}`, metadata: { variant }, idempotencyKey }] },
      );
      const [{ code, path, ...answer }] = ingestTexts;
      return code ? { code, path } : { answer, deduplicated: answer.deduplicated };
    },
    count: async (client) => (await client.ask('{ dataObjects { totalCount } }')).dataObjects.totalCount,
  },
  createUpload: {
    run: (client, idempotencyKey, variant) =>
      single(client, 'mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { id expiresAt } dataObject { id } deduplicated } }', { filename: 'a.txt', fileSize: variant, metadata: { variant }, idempotencyKey }, 'createUpload'),
    count: async (client) => (await api.serving.app.engine.sql.query('SELECT id FROM upload_sessions WHERE tenant_id = $1', [client.tenant])).length,
  },
  createAnnotations: {
    async run(client, idempotencyKey, variant) {
      const { dataObjects } = await client.ask('{ dataObjects(last: 1) { nodes { id } } }');
      const objectId = dataObjects.nodes[0]?.id ?? (await client.texts([{ text: 'to be annotated' }]))[0];
      const { createAnnotations } = await client.ask(
        'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on Annotation { id content createdAt } ... on UserError { code path } } }',
        { input: [{ objectId, type: 'CAPTION', content: { text: `caption ${variant}` }, idempotencyKey }] },
      );
      const [{ code, path, ...answer }] = createAnnotations;
      return code ? { code, path } : { answer };
    },
    count: async (client) => (await client.ask('query($v: [String!]) { annotations(filter: { annotatorIds: $v }) { totalCount } }', { v: [client.viewer] })).annotations.totalCount,
  },
  createAggregation: {
    run: (client, idempotencyKey, variant) =>
      single(
        client, 'mutation($input: CreateAggregationInput!) { createAggregation(input: $input) { id result createdAt } }',
        { type: 'COUNT', filter: { fileSize: { gte: variant }, createdAt: { gte: '2020-01-01T00:00:00Z' } }, idempotencyKey }, 'createAggregation',
      ),
    count: async (client) => (await client.ask('{ aggregations { totalCount } }')).aggregations.totalCount,
  },
};

describe.each(Object.entries(MUTATIONS))('an idempotency key of %s', (name, mutation) => {
  it('answers as the first time, and refuses other input', async () => {
    const { admin } = api.tenant();
    const first = await mutation.run(admin, 'key-1', 1);
    expect(first.answer, JSON.stringify(first)).toBeDefined();
    const made = await mutation.count(admin);
    expect(await mutation.run(admin, 'key-1', 1)).toEqual(first);
    expect(await mutation.count(admin)).toBe(made);
    const refused = await mutation.run(admin, 'key-1', 2);
    expect(refused.code).toBe('CONFLICT');
    expect(refused.path).toEqual(name.endsWith('s') ? ['input', '0', 'idempotencyKey'] : ['input', 'idempotencyKey']);
    expect(await mutation.count(admin)).toBe(made);
    const other = await mutation.run(admin, 'key-2', 2);
    expect(other.answer).toBeDefined();
    expect(await mutation.count(admin)).toBe(made + 1);
  });

  it('is a tenant’s own', async () => {
    const [here, there] = [api.tenant().admin, api.tenant().admin];
    const mine = await mutation.run(here, 'shared-key', 1);
    const theirs = await mutation.run(there, 'shared-key', 2);
    expect(theirs.code).toBeUndefined();
    expect(theirs).not.toEqual(mine);
  });

  it('that comes many times at once makes one', async () => {
    const { admin } = api.tenant();
    await mutation.run(admin, undefined, 9);
    const before = await mutation.count(admin);
    const answers = await Promise.all(Array.from({ length: 5 }, () => mutation.run(admin, 'racing', 1)));
    expect(await mutation.count(admin)).toBe(before + 1);
    for (const answer of answers) expect(answer.code === undefined ? answer : null).toEqual(answers[0]);
  });

  it('is free again after 24 hours', async () => {
    const { admin } = api.tenant();
    await mutation.run(admin, 'old-key', 1);
    await api.serving.app.engine.sql.query("UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE tenant_id = $1", [admin.tenant]);
    const again = await mutation.run(admin, 'old-key', 2);
    expect(again.code).toBeUndefined();
    expect(await mutation.run(admin, 'old-key', 2)).toEqual(again);
  });
});

describe('keys within one call', () => {
  it('answer as their first item does, or are refused, item by item', async () => {
    const { admin } = api.tenant();
    const { ingestTexts } = await admin.ask(
      'mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload { dataObject { id } deduplicated } ... on UserError { code path } } }',
      { input: [{ text: 'a', idempotencyKey: 'k' }, { text: 'a', idempotencyKey: 'k' }, { text: 'b', idempotencyKey: 'k' }, { text: 'c' }] },
    );
    expect(ingestTexts[1]).toEqual(ingestTexts[0]);
    expect(ingestTexts[2]).toEqual({ code: 'CONFLICT', path: ['input', '2', 'idempotencyKey'] });
    expect(ingestTexts[3].deduplicated).toBe(false);
    const objectId = ingestTexts[0].dataObject.id;
    const item = (text: string, idempotencyKey?: string) => ({ objectId, type: 'CAPTION', content: { text }, idempotencyKey });
    const { createAnnotations } = await admin.ask(
      'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on Annotation { id } ... on UserError { code path } } }',
      { input: [item('a', 'n'), item('a', 'n'), item('b', 'n'), item('c')] },
    );
    expect(createAnnotations[1]).toEqual(createAnnotations[0]);
    expect(createAnnotations[2]).toEqual({ code: 'CONFLICT', path: ['input', '2', 'idempotencyKey'] });
  });

  it('of different operations do not answer for each other', async () => {
    const { admin } = api.tenant();
    await MUTATIONS.ingestText!.run(admin, 'one-key', 1);
    expect((await MUTATIONS.createUpload!.run(admin, 'one-key', 1)).code).toBe('CONFLICT');
    expect((await MUTATIONS.createAggregation!.run(admin, 'one-key', 1)).code).toBe('CONFLICT');
  });
});
