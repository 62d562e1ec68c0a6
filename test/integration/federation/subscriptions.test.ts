import { beforeAll, describe, expect, it } from 'vitest';
import { allOf, withApi, type ApiAnswer, type ApiClient, type Events } from '../../support/api.js';
import { COMPOSERS, withSupergraph } from '../../support/supergraph.js';

const PROGRESS = `subscription($id: ID!) { ingestionProgress(ingestionId: $id) {
  status stage progress object { id filename watchers { name } annotations { nodes { annotatorId annotator { name } } } }
} }`;
const CHANGED = 'subscription { dataObjectChanged { cursor kind version dataObject { id filename status watchers { name } } } }';
const INGEST = 'mutation($input: IngestTextInput!) { ingestText(input: $input) { dataObject { id watchers { name } } ingestion { id } } }';
const UPDATE = 'mutation($id: ID!, $m: JSON) { updateDataObject(input: { id: $id, metadata: $m }) { version } }';
const WATCH = 'mutation($id: ID!) { watch(objectId: $id) { id } }';
const NOT_THERE = 'ing_01h455vb4pex5vsknk084sn02q';

interface Change {
  kind: string;
  version: number;
  dataObject: { id: string; filename: string; status: string; watchers: { name: string }[] };
}

const api = withApi({ tenants: 2 });

describe.each(Object.entries(COMPOSERS))('subscriptions through a gateway over a supergraph by %s', (_composer, compose) => {
  const supergraph = withSupergraph(api, compose, 2);
  let admin: ApiClient;

  beforeAll(() => {
    admin = supergraph.through(api.tenant().admin);
  });

  const ingest = async (input: { text: string; filename?: string }) => {
    const { dataObject, ingestion } = (await admin.ask(INGEST, { input })).ingestText;
    expect(dataObject.watchers).toEqual([]);
    return { id: dataObject.id as string, ingestionId: ingestion.id as string };
  };
  const next = async (events: Events): Promise<Change> => {
    const { value } = await events.next();
    expect((value as ApiAnswer).errors).toBeUndefined();
    return (value as ApiAnswer).data.dataObjectChanged;
  };
  /** A subscription that is under way for certain: an object is changed until it hears of that. */
  async function listening(): Promise<{ events: Events; marker: string }> {
    const { id: marker, ingestionId } = await ingest({ text: `a marker ${Math.random()}` });
    await admin.ended([ingestionId]);
    const events = admin.overEvents(CHANGED);
    let heard = false;
    const first = next(events).finally(() => (heard = true));
    let version = 1;
    while (!heard) version = (await admin.ask(UPDATE, { id: marker, m: { version } })).updateDataObject.version;
    let change = await first;
    while (change.version !== version) change = await next(events);
    return { events, marker };
  }

  it('tell what becomes of a text that is taken in through the gateway, each event with fields of both', async () => {
    const { events } = await listening();
    const { id } = await ingest({ text: 'A letter about the lamp.', filename: 'letter.txt' });
    const changes = [await next(events)];
    while (changes.at(-1)!.dataObject.status !== 'READY') changes.push(await next(events));
    expect(changes[0]).toMatchObject({ kind: 'CREATED', version: 1, dataObject: { id, filename: 'letter.txt', watchers: [] } });
    expect(changes.every(({ dataObject }) => dataObject.id === id)).toBe(true);
    // Who watches is asked anew for every event.
    await admin.ask(WATCH, { id });
    supergraph.forget();
    await admin.ask(UPDATE, { id, m: { read: true } });
    let change = await next(events);
    while (change.version !== 2) change = await next(events);
    expect(change.dataObject).toMatchObject({ id, watchers: [{ name: admin.viewer.replace('-', ' of ') }] });
    expect(supergraph.users.seen.length).toBeGreaterThan(0);
    for (const { variables, headers } of supergraph.users.seen) {
      expect(variables.representations).toEqual([{ __typename: 'DataObject', id }]);
      expect(headers.authorization).toBe(admin.headers.authorization);
    }
    await events.return!();
  });

  it('follow an ingestion from where it stands to its end, with who says what about it', async () => {
    const { id, ingestionId } = await ingest({ text: 'Heron Point light was lit at dusk. It was put out at dawn. The keeper wrote it down.', filename: 'log.txt' });
    await admin.ask(WATCH, { id });
    const events = await allOf(admin.overEvents(PROGRESS, { id: ingestionId }));
    const states = events.map(({ data, errors }) => {
      expect(errors).toBeUndefined();
      return data.ingestionProgress;
    });
    expect(states.map(({ progress }) => progress)).toEqual(states.map(({ progress }) => progress as number).sort((a, b) => a - b));
    for (const { object } of states) expect(object).toMatchObject({ id, filename: 'log.txt', watchers: [{ name: admin.viewer.replace('-', ' of ') }] });
    expect(states.at(-1)).toMatchObject({ status: 'SUCCEEDED', stage: 'DONE', progress: 1 });
    // The program's annotators have spoken by then; they are nobody's colleagues.
    const said = states.at(-1).object.annotations.nodes as { annotatorId: string; annotator: null }[];
    expect(said.length).toBeGreaterThan(0);
    for (const { annotatorId, annotator } of said) expect([annotatorId, annotator]).toEqual([expect.stringMatching(/^system:/), null]);
  });

  it('end at this server when whoever listened is gone', async () => {
    supergraph.forget();
    const { events } = await listening();
    const upstream = await supergraph.strata.sees('dataObjectChanged');
    expect(upstream.headers.authorization).toBe(admin.headers.authorization);
    await events.return!();
    await upstream.ended;
  });

  it('say why there is nothing to follow', async () => {
    const first = async (client: ApiClient) => (await allOf(client.overEvents(PROGRESS, { id: NOT_THERE })))[0]!.errors!.map(({ extensions }) => extensions.code);
    expect(await first(admin)).toEqual(['NOT_FOUND']);
    expect(await first(supergraph.through(api.stranger('a key that nobody has')))).toEqual(['UNAUTHENTICATED']);
  });
});
