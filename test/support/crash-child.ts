/**
 * Run by tests as a process of its own. It opens a data folder, waits until what the last process left is done, says what it finds,
 * asks for everything again that was under way, says what it finds then, begins a round of its own, and kills itself in the midst of it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as pauseFor } from 'node:timers/promises';

import type { App } from '../../src/app/compose.js';
import { isStrataError } from '../../src/domain/errors.js';
import type { DataObject, Ingestion, Viewer } from '../../src/domain/model.js';
import { composeOn } from './compose.js';
import { violations, waitingCaptions } from './invariants.js';

export interface CrashRound {
  dataDir: string;
  template: string;
  /** Kill where the sagas have come to their n-th checkpoints, from 1: a set of them for each of these. */
  checkpoints: readonly number[];
  /** The checkpoints of the round whose remains are to be looked at; none at the first. */
  previous: readonly number[];
}

/**
 * Where one more piece of work is held at the moment of the kill, by checkpoint. In a round, what is held within a transaction comes last,
 * since the embedded database has one session; and of what the queue of annotations does, one is held.
 */
export const GATES = { 1: 'extract', 2: 'embed', 3: 'index', 4: 'annotate', 5: 'delete', 6: 'caption written', 7: 'caption claimed', 9: 'caption settled' } as const;
type Gate = (typeof GATES)[keyof typeof GATES];
export const gateOf = (checkpoint: number): Gate | undefined => (GATES as Partial<Record<number, Gate>>)[checkpoint];

/** Each in a tenant of its own, for each checkpoint. */
export const SCENARIOS = ['text', 'upload', 'replace', 'purge', 'undone', 'gate'] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface Remains {
  objects: Pick<DataObject, 'status' | 'contentHash' | 'version'>[];
  ingestions: Pick<Ingestion, 'status' | 'attempts'>[];
  uploads: string[];
  /** What can be found of its captions. */
  captions: string[];
}
export type CrashReport =
  | { moment: 'recovered' | 'repeated'; violations: string[]; left: { checkpoint: number; remains: Record<Scenario, Remains>; answers: Partial<Record<Scenario, unknown>> }[] }
  | { moment: 'killing'; reached: string[] };

export const oldText = (checkpoint: number) => `The old words of checkpoint ${checkpoint}.`;
/** Of the object of a gate in the captions' job. */
export const captionOf = (checkpoint: number) => `A door that is painted green, at checkpoint ${checkpoint}.`;
export const textOf = (scenario: Scenario, checkpoint: number) => `What the ${scenario} of checkpoint ${checkpoint} holds.`;
const tenantOf = (scenario: Scenario, checkpoint: number) => `checkpoint-${checkpoint}-${scenario}`;
const viewerOf = (scenario: Scenario, checkpoint: number): Viewer => ({ id: 'crash', tenantId: tenantOf(scenario, checkpoint), role: 'admin' });

const say = (report: CrashReport): void => void writeSync(1, `${JSON.stringify(report)}\n`);
const forever = new Promise<never>(() => undefined);
const running = new AsyncLocalStorage<{ scenario: Scenario; checkpoint: number; passed: number; hold: () => void }>();

async function main(round: CrashRound): Promise<void> {
  const reached: string[] = [];
  const app = await composeOn(round.dataDir, {
    databaseTemplate: round.template,
    sagaCheckpoint: ({ step, moment }) => {
      const here = running.getStore();
      if (here === undefined || (here.passed += 1) !== here.checkpoint) return;
      reached.push(`${here.scenario}: ${moment} ${step}`);
      here.hold();
      return forever;
    },
  });
  await rest(app);
  if (round.previous.length > 0) {
    await look(app, 'recovered', round.previous.map((checkpoint) => ({ checkpoint, answers: {} })));
    const answers = await Promise.all(round.previous.map(async (checkpoint) => ({ checkpoint, answers: await repeat(app, checkpoint) })));
    await rest(app);
    await look(app, 'repeated', answers);
  }

  const works = await Promise.all(round.checkpoints.map(async (checkpoint) => ({ checkpoint, work: await prepare(app, checkpoint) })));
  await rest(app);
  breakTheDisk(app);
  await Promise.all(works.flatMap(({ checkpoint, work }) => Object.entries(work).map(([scenario, run]) => heldOrDone(scenario as Scenario, checkpoint, run))));
  for (const checkpoint of round.checkpoints) {
    const gate = gateOf(checkpoint);
    if (gate === undefined) continue;
    const viewer = viewerOf('gate', checkpoint);
    const isHeld = holdAt(app, gate, viewer.tenantId);
    const begun = beginAt(app, gate, viewer, checkpoint);
    begun.catch((error: unknown) => writeSync(2, `${String(error)}\n`));
    await isHeld;
    reached.push(`gate: ${gate}`);
  }
  say({ moment: 'killing', reached });
  process.kill(process.pid, 'SIGKILL');
  await forever;
}

function beginAt(app: App, gate: Gate, viewer: Viewer, checkpoint: number): Promise<unknown> {
  if (gate === 'delete') return purgeOnly(app, viewer);
  if (gate.startsWith('caption')) return caption(app, viewer, captionOf(checkpoint));
  return ingest(app, viewer, textOf('gate', checkpoint), `${viewer.tenantId}.txt`);
}

/** Either it is held at its checkpoint, or it has fewer of them and ends. */
async function heldOrDone(scenario: Scenario, checkpoint: number, run: () => Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = running.run({ scenario, checkpoint, passed: 0, hold: resolve }, run).catch((error: unknown) => {
    if (scenario !== 'undone') throw error;
  });
  await Promise.race([promise, ended]);
}

async function look(app: App, moment: 'recovered' | 'repeated', asked: readonly { checkpoint: number; answers: Partial<Record<Scenario, unknown>> }[]): Promise<void> {
  const left = await Promise.all(asked.map(async ({ checkpoint, answers }) => ({ checkpoint, answers, remains: await remains(app, checkpoint) })));
  say({ moment, violations: await violations(app), left });
}

/** For the tenants whose intake is to be undone, behind the writing. */
function breakTheDisk(app: App): void {
  const putMany = app.objectStore.putMany.bind(app.objectStore);
  app.objectStore.putMany = async (objects) => {
    await putMany(objects);
    if (objects.some(({ key }) => /^checkpoint-\d+-undone\//.test(key))) throw new Error('the disk is full');
  };
}

/** What the round is about, ready to be begun. */
async function prepare(app: App, checkpoint: number): Promise<Partial<Record<Scenario, () => Promise<unknown>>>> {
  const of = (scenario: Scenario) => viewerOf(scenario, checkpoint);
  for (const scenario of ['replace', 'purge', 'gate'] as const) await ingest(app, of(scenario), oldText(checkpoint));
  const [old] = await objectsOf(app, of('replace'));
  const upload = await stage(app, of('upload'), textOf('upload', checkpoint));
  const replacement = await stage(app, of('replace'), textOf('replace', checkpoint), old!.id);
  return {
    text: () => ingest(app, of('text'), textOf('text', checkpoint)),
    upload: () => app.services.uploads.complete(of('upload'), { id: upload }),
    replace: () => app.services.uploads.complete(of('replace'), { id: replacement }),
    purge: () => purgeOnly(app, of('purge')),
    undone: () => ingest(app, of('undone'), textOf('undone', checkpoint)),
  };
}

/** The clients, who got no answer, ask again. */
async function repeat(app: App, checkpoint: number): Promise<Partial<Record<Scenario, unknown>>> {
  const again = async (scenario: 'upload' | 'replace') => {
    const viewer = viewerOf(scenario, checkpoint);
    const [session] = await app.engine.sql.query<{ id: string }>('SELECT id FROM upload_sessions WHERE tenant_id = $1', [viewer.tenantId]);
    return (await app.services.uploads.complete(viewer, { id: session!.id })).object.contentHash;
  };
  return {
    text: await ingest(app, viewerOf('text', checkpoint), textOf('text', checkpoint)),
    upload: await again('upload'),
    replace: await again('replace'),
    purge: await purgeOnly(app, viewerOf('purge', checkpoint)),
    undone: await ingest(app, viewerOf('undone', checkpoint), textOf('undone', checkpoint)),
  };
}

async function ingest(app: App, viewer: Viewer, text: string, filename?: string): Promise<string> {
  const [answer] = await app.services.ingestions.ingestTexts(viewer, [{ text, filename }]);
  if (answer === undefined || isStrataError(answer)) throw answer;
  return answer.object.contentHash;
}

async function stage(app: App, viewer: Viewer, text: string, replaces?: string): Promise<string> {
  const body = Buffer.from(text);
  const { upload } = await app.services.uploads.create(viewer, { filename: 'words.txt', fileSize: body.length, replaces });
  await app.objectStore.put(upload!.stagingKey, Readable.from([body]));
  return upload!.id;
}

/** Of the tenant's one object. */
async function caption(app: App, viewer: Viewer, text: string): Promise<void> {
  const [object] = await objectsOf(app, viewer);
  const [answer] = await app.services.annotations.create(viewer, [{ objectId: object!.id, type: 'CAPTION', content: { text } }]);
  if (isStrataError(answer)) throw answer;
}

/** The tenant's one object, or what was it. */
async function purgeOnly(app: App, viewer: Viewer): Promise<unknown> {
  const [event] = await app.engine.sql.query<{ object_id: string }>(`SELECT object_id FROM events WHERE tenant_id = $1 AND kind = 'CREATED'`, [viewer.tenantId]);
  const { bytesFreed, embeddings } = await app.services.objects.purge(viewer, event!.object_id);
  return { bytesFreed, embeddings };
}

/**
 * Makes one part never answer about this tenant. Others go on: the sagas that have ended have jobs of their own under way.
 * @returns when the tenant's work has come there
 */
function holdAt(app: App, gate: Gate, tenant: string): Promise<void> {
  const { media, embedder, database } = app.deps;
  const { vectors } = app.vectorHome.indexes.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold = (): Promise<never> => {
    resolve();
    return forever;
  };
  switch (gate) {
    case 'extract': {
      const extract = media.extract.bind(media);
      media.extract = (input) => (input.filename === `${tenant}.txt` ? hold() : extract(input));
      break;
    }
    case 'embed': {
      const embedTexts = embedder.embedTexts.bind(embedder);
      embedder.embedTexts = (model, texts, options) => (texts.some((text) => text.includes('the gate of')) ? hold() : embedTexts(model, texts, options));
      break;
    }
    case 'index': {
      // Within the transaction.
      const upsert = vectors.upsert.bind(vectors);
      vectors.upsert = (tenantId, ...rest) => (tenantId === tenant ? hold() : upsert(tenantId, ...rest));
      break;
    }
    case 'annotate': {
      const findTexts = database.objects.findTexts.bind(database.objects);
      database.objects.findTexts = (tenantId, ids) => (tenantId === tenant ? hold() : findTexts(tenantId, ids));
      break;
    }
    case 'caption claimed': {
      const withoutPassages = database.annotations.withoutPassages.bind(database.annotations);
      database.annotations.withoutPassages = (tenantId, ids) => (tenantId === tenant ? hold() : withoutPassages(tenantId, ids));
      break;
    }
    case 'caption written': {
      // Within the transaction, behind all that it writes.
      const transaction = database.transaction.bind(database);
      database.transaction = (work) =>
        transaction(async (tx) => {
          const settle = tx.annotationChanges.settle.bind(tx.annotationChanges);
          tx.annotationChanges.settle = async (tenantId, changes) => {
            const settled = await settle(tenantId, changes);
            return tenantId === tenant ? hold() : settled;
          };
          return work(tx);
        });
      break;
    }
    case 'caption settled': {
      // Behind the commit, before the queue knows that the job has ended.
      const transaction = database.transaction.bind(database);
      database.transaction = async (work) => {
        let settles = false;
        const answer = await transaction((tx) => {
          const settle = tx.annotationChanges.settle.bind(tx.annotationChanges);
          tx.annotationChanges.settle = (tenantId, changes) => {
            settles = tenantId === tenant;
            return settle(tenantId, changes);
          };
          return work(tx);
        });
        return settles ? hold() : answer;
      };
      break;
    }
    case 'delete': {
      // Behind the deletion of the bytes, before the commit that knows of it.
      const remove = app.objectStore.delete.bind(app.objectStore);
      app.objectStore.delete = async (keys) => {
        const removed = await remove(keys);
        return keys.some((key) => key.startsWith(`${tenant}/`)) ? hold() : removed;
      };
      break;
    }
  }
  return promise;
}

/** Until nothing is being ingested any more, and captions are where they are searched. */
async function rest(app: App): Promise<void> {
  const open = await app.engine.sql.query<{ id: string; tenant_id: string }>(`SELECT id, tenant_id FROM ingestions WHERE status IN ('QUEUED', 'RUNNING')`);
  await Promise.all(
    open.map(async ({ id, tenant_id: tenantId }) => {
      const states = await app.services.events.ingestionProgress({ id: 'crash', tenantId, role: 'admin' }, [id], new AbortController().signal);
      for await (const state of states) void state;
    }),
  );
  while ((await waitingCaptions(app)).length > 0) await pauseFor(20);
}

const objectsOf = async (app: App, viewer: Viewer): Promise<DataObject[]> =>
  (await app.services.objects.page(viewer, { filter: { includeDeleted: true } })).items.map(({ node }) => node);

async function remains(app: App, checkpoint: number): Promise<Record<Scenario, Remains>> {
  const found = SCENARIOS.map(async (scenario) => {
    const viewer = viewerOf(scenario, checkpoint);
    const ingestions = await app.services.ingestions.page(viewer, {});
    const uploads = await app.engine.sql.query<{ status: string }>('SELECT status FROM upload_sessions WHERE tenant_id = $1', [viewer.tenantId]);
    const captions = await app.engine.sql.query<{ text: string }>(`SELECT p.text FROM passages p JOIN embeddings e ON e.passage_id = p.id WHERE p.tenant_id = $1 AND p.kind = 'caption'`, [viewer.tenantId]);
    const left: Remains = {
      objects: (await objectsOf(app, viewer)).map(({ status, contentHash, version }) => ({ status, contentHash, version })),
      ingestions: ingestions.items.map(({ node: { status, attempts } }) => ({ status, attempts })),
      uploads: uploads.map(({ status }) => status),
      captions: captions.map(({ text }) => text),
    };
    return [scenario, left] as const;
  });
  return Object.fromEntries(await Promise.all(found)) as Record<Scenario, Remains>;
}

/** Only where this file is the process, not where a test imports its types. */
if (process.argv[2] !== undefined && process.argv[1]?.includes('crash-child')) await main(JSON.parse(process.argv[2]) as CrashRound);
