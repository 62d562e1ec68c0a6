import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeId } from '../../../src/graphql/ids.js';
import { recordChanges } from '../../../src/services/shared/changes.js';
import { allOf, COMPLETE_UPLOAD, CREATE_UPLOAD, put, withApi, type ApiAnswer, type ApiClient, type Events } from '../../support/api.js';

const api = withApi();
const SAMPLES = resolve(import.meta.dirname, '../../../samples');

const WAYS = [
  ['WebSocket', (client: ApiClient, query: string, variables?: Record<string, unknown>) => client.overSocket(query, variables)],
  ['Server-Sent Events', (client: ApiClient, query: string, variables?: Record<string, unknown>) => client.overEvents(query, variables)],
] as const;

const PROGRESS = 'subscription($id: ID!) { ingestionProgress(ingestionId: $id) { id status stage progress attempts error { code retryable message } warnings finishedAt object { id status } } }';
const PROGRESSES = 'subscription($ids: [ID!]!) { ingestionsProgress(ids: $ids) { id status progress } }';
const CHANGED = 'subscription($filter: DataObjectFilter, $after: String) { dataObjectChanged(filter: $filter, after: $after) { cursor kind id version occurredAt dataObject { id isDeleted metadata } } }';
const INGEST = 'mutation($input: IngestTextInput!) { ingestText(input: $input) { dataObject { id } ingestion { id } } }';
const STAGES = ['STORE', 'EXTRACT', 'EMBED', 'INDEX', 'ANNOTATE', 'DONE'];

const ingest = async (client: ApiClient, text: string, metadata?: object) => (await client.ask(INGEST, { input: { text, metadata } })).ingestText as { dataObject: { id: string }; ingestion: { id: string } };
const next = async (events: Events): Promise<NonNullable<ApiAnswer['data']>> => {
  const { value } = await events.next();
  expect((value as ApiAnswer).errors).toBeUndefined();
  return (value as ApiAnswer).data;
};
const nextChange = async (events: Events) => (await next(events)).dataObjectChanged as { cursor: string; kind: string; id: string; version: number | null; dataObject: { id: string; isDeleted: boolean } | null };
type Change = Awaited<ReturnType<typeof nextChange>>;
async function changesUntil(events: Events, last: (change: Change) => boolean) {
  const changes: Change[] = [];
  do changes.push(await nextChange(events));
  while (!last(changes.at(-1)!));
  return changes;
}
/**
 * A subscription that is under way for certain: the first change that it hears of is of an object that is changed until then.
 * What follows is whatever happens afterwards.
 */
async function listening(client: ApiClient, open: (typeof WAYS)[number][1]): Promise<{ events: Events; cursor: string }> {
  const marker = await ingest(client, `a marker ${Math.random()}`);
  await client.ended([marker.ingestion.id]);
  const events = open(client, CHANGED);
  let heard = false;
  const first = nextChange(events).finally(() => (heard = true));
  let version = 1;
  while (!heard) {
    const { updateDataObject } = await client.ask('mutation($id: ID!, $m: JSON) { updateDataObject(input: { id: $id, metadata: $m }) { version } }', { id: marker.dataObject.id, m: { version } });
    version = updateDataObject.version;
  }
  let change = await first;
  while (change.version !== version) change = await nextChange(events);
  return { events, cursor: change.cursor };
}

const update = (client: ApiClient, id: string, metadata: object) => client.ask('mutation($id: ID!, $m: JSON) { updateDataObject(input: { id: $id, metadata: $m }) { version } }', { id, m: metadata });
const act = (client: ApiClient, field: string, id: string) => client.ask(`mutation($id: ID!) { ${field}(id: $id) { id } }`, { id });

describe.each(WAYS)('over %s', (_way, open) => {
  it('ingestionProgress gives the state first, then changes, then ends', async () => {
    const { editor } = api.tenant();
    const { ingestion, dataObject } = await ingest(editor, 'A text that is watched while it is taken in.');
    const answers = await allOf(open(editor, PROGRESS, { id: ingestion.id }));
    const states = answers.map(({ data, errors }) => {
      expect(errors).toBeUndefined();
      return data.ingestionProgress;
    });
    for (const state of states) expect(state).toMatchObject({ id: ingestion.id, object: { id: dataObject.id }, error: null });
    for (const [before, after] of states.slice(1).map((state, i) => [states[i], state] as const)) {
      expect(after.progress).toBeGreaterThanOrEqual(before.progress);
      expect(STAGES.indexOf(after.stage)).toBeGreaterThanOrEqual(STAGES.indexOf(before.stage));
      expect(after).not.toEqual(before);
    }
    expect(states.at(-1)).toMatchObject({ status: 'SUCCEEDED', stage: 'DONE', progress: 1, finishedAt: expect.any(String), object: { status: 'READY' } });
    for (const state of states.slice(0, -1)) expect(['QUEUED', 'RUNNING']).toContain(state.status);
    const ended = await allOf(open(editor, PROGRESS, { id: ingestion.id }));
    expect(ended.map(({ data }) => data.ingestionProgress)).toEqual([states.at(-1)]);
  });

  it('ingestionProgress of what cannot be read ends with FAILED and a code; what is kept are the bytes', async () => {
    const { editor } = api.tenant();
    const whole = await readFile(resolve(SAMPLES, 'images/lighthouse-dusk.jpg'));
    const bytes = whole.subarray(0, 600);
    const { createUpload } = await editor.ask(CREATE_UPLOAD, { input: { filename: 'cut.jpg', fileSize: bytes.length } });
    await put(createUpload.upload.url, bytes);
    const { completeUpload } = await editor.ask(COMPLETE_UPLOAD, { id: createUpload.upload.id });
    const last = (await allOf(open(editor, PROGRESS, { id: completeUpload.ingestion.id }))).at(-1)!.data.ingestionProgress;
    expect(last).toMatchObject({ status: 'FAILED', error: { code: 'DAMAGED', retryable: false }, object: { status: 'FAILED' } });
    const { dataObject } = await editor.ask('query($id: ID!) { dataObject(id: $id) { downloadUrl { url } } }', { id: completeUpload.dataObject.id });
    expect(Buffer.from(await (await fetch(dataObject.downloadUrl.url)).arrayBuffer()).equals(bytes)).toBe(true);
    const { retryIngestion } = await editor.ask('mutation($id: ID!) { retryIngestion(id: $id) { id status } }', { id: last.id });
    expect(retryIngestion.id).toBe(last.id);
    const again = (await allOf(open(editor, PROGRESS, { id: last.id }))).at(-1)!.data.ingestionProgress;
    expect(again).toMatchObject({ id: last.id, status: 'FAILED', error: { code: 'DAMAGED' } });
    const fine = await ingest(editor, 'nothing wrong with it');
    await editor.ended([fine.ingestion.id]);
    await editor.refused('CONFLICT', 'mutation($id: ID!) { retryIngestion(id: $id) { id } }', { id: fine.ingestion.id });
  });

  it('ingestionsProgress gives all states first, and ends when all have ended', async () => {
    const { editor } = api.tenant();
    const made = await Promise.all(['one', 'two', 'three'].map((text) => ingest(editor, `${text} of several`)));
    const ids = made.map(({ ingestion }) => ingestion.id);
    const states = (await allOf(open(editor, PROGRESSES, { ids }))).map(({ data }) => data.ingestionsProgress as { id: string; status: string });
    expect(new Set(states.slice(0, 3).map((state) => state.id))).toEqual(new Set(ids));
    for (const id of ids) expect(states.filter((state) => state.id === id).at(-1)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await allOf(open(editor, PROGRESSES, { ids: [...ids, ...ids] }))).map(({ data }) => data.ingestionsProgress.id).sort()).toEqual([...ids].sort());
    expect(await allOf(open(editor, PROGRESSES, { ids: [] }))).toEqual([]);
  });

  it('dataObjectChanged tells of each kind of change, in order', async () => {
    const { admin } = api.tenant();
    const { events } = await listening(admin, open);
    const { dataObject, ingestion } = await ingest(admin, 'An object with a life.');
    const { id } = dataObject;
    await admin.ended([ingestion.id]);
    await update(admin, id, { a: 1 });
    await update(admin, id, { a: 1 });
    await act(admin, 'deleteDataObject', id);
    await act(admin, 'deleteDataObject', id);
    await act(admin, 'undeleteDataObject', id);
    await act(admin, 'purgeDataObject', id);
    const changes = await changesUntil(events, (change) => change.kind === 'PURGED');
    expect(new Set(changes.map((change) => change.id))).toEqual(new Set([id]));
    const kinds = changes.map((change) => change.kind);
    expect(kinds[0]).toBe('CREATED');
    expect(kinds.slice(-3)).toEqual(['DELETED', 'UNDELETED', 'PURGED']);
    expect(new Set(kinds.slice(1, -3))).toEqual(new Set(['UPDATED']));
    expect(changes.at(-1)).toMatchObject({ version: null, dataObject: null });
    expect(changes.filter((change) => change.version === 2).map((change) => change.kind)).toEqual(['UPDATED', 'DELETED', 'UNDELETED']);
    expect(new Set(changes.map((change) => change.cursor)).size).toBe(changes.length);
    await events.return?.();
  });

  it('dataObjectChanged shows an object as it is now, though whoever changed it died before the cache was told', async () => {
    const { admin } = api.tenant();
    const { dataObject, ingestion } = await ingest(admin, 'Changed by a process that dies behind the commit.');
    await admin.ended([ingestion.id]);
    const { events } = await listening(admin, open);
    const read = () => admin.ask('query($id: ID!) { dataObject(id: $id) { isDeleted metadata } }', { id: dataObject.id });
    expect((await read()).dataObject).toEqual({ isDeleted: false, metadata: {} });
    const { database } = api.serving.app.deps;
    await database.transaction(async (tx) => {
      const [before] = await tx.objects.lockByIds(admin.tenant, [decodeId('obj', dataObject.id, [])]);
      // As the worker's changes of the status do, it leaves the version as it was.
      const after = await tx.objects.update(admin.tenant, before!.id, { metadata: { by: 'the dead' }, isDeleted: true, raiseVersion: false });
      await recordChanges(tx, [{ kind: 'DELETED', before: before!, after }]);
    });
    expect(await nextChange(events)).toMatchObject({ kind: 'DELETED', id: dataObject.id, dataObject: { isDeleted: true, metadata: { by: 'the dead' } } });
    // Nor do others see the old one any longer.
    expect((await read()).dataObject).toEqual({ isDeleted: true, metadata: { by: 'the dead' } });
    await events.return?.();
  });

  it('dataObjectChanged goes on behind a cursor, without gaps or repeats', async () => {
    const { admin } = api.tenant();
    const { events, cursor } = await listening(admin, open);
    const { dataObject, ingestion } = await ingest(admin, 'Written while nobody listened.');
    await admin.ended([ingestion.id]);
    await act(admin, 'purgeDataObject', dataObject.id);
    const heard = await changesUntil(events, (change) => change.kind === 'PURGED');
    await events.return?.();
    const replayed = open(admin, CHANGED, { after: cursor });
    const again = await changesUntil(replayed, (change) => change.kind === 'PURGED');
    expect(again.map(({ cursor: at, kind }) => [at, kind])).toEqual(heard.map(({ cursor: at, kind }) => [at, kind]));
    await replayed.return?.();
    const middle = open(admin, CHANGED, { after: heard[0]!.cursor });
    expect((await changesUntil(middle, (change) => change.kind === 'PURGED')).map((change) => change.cursor)).toEqual(heard.slice(1).map((change) => change.cursor));
    await middle.return?.();
  });

  it('dataObjectChanged tests its filter on the old or the new state', async () => {
    const { admin } = api.tenant();
    const { events, cursor } = await listening(admin, open);
    await events.return?.();
    const [inside, outside] = [await ingest(admin, 'within', { room: 'hall' }), await ingest(admin, 'without', { room: 'attic' })];
    await admin.ended([inside.ingestion.id, outside.ingestion.id]);
    await update(admin, outside.dataObject.id, { room: 'hall' });
    await update(admin, outside.dataObject.id, { room: 'loft' });
    await update(admin, outside.dataObject.id, { room: 'garret' });
    await act(admin, 'deleteDataObject', inside.dataObject.id);
    await update(admin, outside.dataObject.id, { room: 'hall', last: true });
    const filtered = open(admin, CHANGED, { after: cursor, filter: { types: ['TEXT'], metadata: [{ path: 'room', equals: 'hall' }] } });
    const changes = await changesUntil(filtered, (change) => change.id === outside.dataObject.id && change.version === 5);
    const of = (id: string) => changes.filter((change) => change.id === id).map((change) => `${change.kind} ${change.version}`);
    expect(of(outside.dataObject.id)).toEqual(['UPDATED 2', 'UPDATED 3', 'UPDATED 5']);
    expect(of(inside.dataObject.id)[0]).toBe('CREATED 1');
    expect(of(inside.dataObject.id).at(-1)).toBe('DELETED 1');
    await filtered.return?.();
    const nothing = open(admin, CHANGED, { after: cursor, filter: { or: [{ types: ['IMAGE'] }, { metadata: [{ path: 'last', equals: true }] }] } });
    expect(await nextChange(nothing)).toMatchObject({ id: outside.dataObject.id, version: 5 });
    await nothing.return?.();
  });

  it('refuses a cursor that is too old, of another tenant, or none', async () => {
    const { admin } = api.tenant();
    const { events, cursor } = await listening(admin, open);
    await events.return?.();
    const refused = async (client: ApiClient, after: string) => {
      const { value } = await open(client, CHANGED, { after }).next();
      return (value as ApiAnswer).errors?.map((error) => [error.extensions.code, error.extensions.path]);
    };
    expect(await refused(admin, 'nonsense')).toEqual([['BAD_USER_INPUT', ['after']]]);
    expect(await refused(api.tenant().admin, cursor)).toEqual([['BAD_USER_INPUT', ['after']]]);
    const { dataObjects } = await admin.ask('{ dataObjects { pageInfo { endCursor } } }');
    expect(await refused(admin, dataObjects.pageInfo.endCursor)).toEqual([['BAD_USER_INPUT', ['after']]]);
    await api.serving.app.engine.sql.query("UPDATE events SET occurred_at = occurred_at - interval '25 hours' WHERE tenant_id = $1", [admin.tenant]);
    expect(await refused(admin, cursor)).toEqual([['CURSOR_EXPIRED', ['after']]]);
  });

  it('tells nobody of another tenant’s changes', async () => {
    const [mine, theirs] = [api.tenant().admin, api.tenant().admin];
    const { events } = await listening(mine, open);
    const other = await ingest(theirs, 'none of your business');
    await theirs.ended([other.ingestion.id]);
    const own = await ingest(mine, 'my own business');
    expect((await nextChange(events)).id).toBe(own.dataObject.id);
    await events.return?.();
  });
});
