import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';

import { isStrataError } from '../../../src/domain/errors.js';
import type { Viewer } from '../../../src/domain/model.js';
import type { CreateUpload, Ingested } from '../../../src/domain/operations.js';
import { sha256, withApp } from '../../support/app.js';
import { gate } from '../../support/gate.js';
import { violations } from '../../support/invariants.js';

const test = withApp();
const uploads = () => test.app.services.uploads;
const texts = (viewer: Viewer, text: string) => test.ingestText(viewer, text);
const times = <T>(count: number, work: (index: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, index) => work(index)));

async function staged(viewer: Viewer, body: Buffer, input: Partial<CreateUpload> = {}): Promise<{ id: string; stagingKey: string }> {
  const { upload } = await uploads().create(viewer, { filename: 'words.txt', fileSize: body.length, ...input });
  await test.app.objectStore.put(upload!.stagingKey, Readable.from([body]));
  return upload!;
}

async function bytesOf(key: string): Promise<Buffer> {
  const { stream } = await test.app.objectStore.get(key);
  return Buffer.concat((await stream.toArray()) as Buffer[]);
}

const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled' ? 'done' : isStrataError(result.reason) ? result.reason.code : String(result.reason);

/** The ingestions of a tenant, to their ends. */
async function rest(viewer: Viewer): Promise<void> {
  const { items } = await test.app.services.ingestions.page(viewer, {});
  await Promise.all(items.map(({ node }) => test.ended(viewer, node.id)));
}

/** Puts a part back after the test that replaced it. */
const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});
function replace<T extends object, K extends keyof T>(target: T, name: K, by: (original: T[K]) => T[K]): void {
  const original = target[name];
  const own = Object.hasOwn(target, name);
  target[name] = by((original as (...args: never) => unknown).bind(target) as T[K]);
  restores.push(() => {
    if (own) target[name] = original;
    else delete target[name];
  });
}

describe('one content, many callers', () => {
  it('becomes one object, whichever way it comes in', async () => {
    const viewer = test.viewer();
    const words = 'Twenty callers say the same thing at the same moment.';
    const sessions = await times(10, () => staged(viewer, Buffer.from(words)));
    const answers: Ingested[] = await Promise.all([
      ...sessions.map((session) => uploads().complete(viewer, { id: session.id })),
      ...Array.from({ length: 10 }, () => texts(viewer, words)),
    ]);
    expect(new Set(answers.map((answer) => answer.object.id)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.ingestion.id)).size).toBe(1);
    expect(answers.filter((answer) => !answer.deduplicated)).toHaveLength(1);
    await rest(viewer);
    expect(await violations(test.app)).toEqual([]);
  });

  it('is never lost to a purge that comes at the same moment', async () => {
    const viewer = test.viewer();
    const words = 'Bytes that someone purges and someone else uploads.';
    let { object } = await texts(viewer, words);
    for (let round = 0; round < 12; round += 1) {
      const session = await staged(viewer, Buffer.from(words));
      const results = await Promise.allSettled([
        test.app.services.objects.purge(viewer, object.id),
        texts(viewer, words),
        uploads().complete(viewer, { id: session.id }),
        texts(viewer, words),
        test.app.services.objects.purge(viewer, object.id),
      ]);
      // An upload may find the object just before it is purged, and has nothing to answer then.
      for (const [index, result] of results.entries()) expect(codeOf(result), `${round}.${index}`).toMatch(/^done$|^CONFLICT$/);
      expect(codeOf(results[0]!)).toBe('done');
      expect(codeOf(results[4]!)).toBe('done');
      const again = await texts(viewer, words);
      expect((await bytesOf(again.object.storageKey)).toString()).toBe(words);
      object = again.object;
    }
    await rest(viewer);
    expect(await violations(test.app)).toEqual([]);
  });

  it('keeps its bytes for as long as any row refers to them', async () => {
    const viewer = test.viewer();
    const words = 'One life in the bin, one outside of it.';
    const { objects } = test.app.services;
    const first = await texts(viewer, words);
    await objects.delete(viewer, first.object.id);
    const second = await texts(viewer, words);
    expect(second.object.id).not.toBe(first.object.id);
    await rest(viewer);
    expect(await objects.purge(viewer, first.object.id)).toMatchObject({ bytesFreed: 0 });
    expect((await bytesOf(second.object.storageKey)).toString()).toBe(words);
    const [one, other] = await Promise.all([objects.purge(viewer, second.object.id), objects.purge(viewer, second.object.id)]);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ bytesFreed: words.length, embeddings: 1 });
    expect(await objects.purge(viewer, second.object.id)).toEqual(one);
    expect(await test.app.objectStore.head(second.object.storageKey)).toBeNull();
    expect(await violations(test.app)).toEqual([]);
  });

  it('has one live object, also where one comes back from the bin', async () => {
    const viewer = test.viewer();
    const { objects } = test.app.services;
    for (let round = 0; round < 5; round += 1) {
      const words = `A twin in the bin, ${round}.`;
      const first = await texts(viewer, words);
      await objects.delete(viewer, first.object.id);
      const [undeleted, ingested] = await Promise.allSettled([objects.undelete(viewer, first.object.id), texts(viewer, words)]);
      expect(codeOf(ingested!)).toBe('done');
      const live = await objects.byHash(viewer, sha256(words));
      const isBack = undeleted.status === 'fulfilled';
      expect(live!.id === first.object.id).toBe(isBack);
      if (!isBack) expect(codeOf(undeleted)).toBe('CONFLICT');
    }
    const { object } = await texts(viewer, 'A twin that stays.');
    await objects.delete(viewer, object.id);
    await texts(viewer, 'A twin that stays.');
    await expect(objects.undelete(viewer, object.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await rest(viewer);
    expect(await violations(test.app)).toEqual([]);
  });
});

describe('an upload', () => {
  it('that is completed five times at once is completed once, and answers the same to all', async () => {
    const viewer = test.viewer();
    const session = await staged(viewer, Buffer.from('Completed by five.'));
    const answers = await times(5, () => uploads().complete(viewer, { id: session.id }));
    expect(new Set(answers.map((answer) => `${answer.object.id} ${answer.ingestion.id} ${answer.deduplicated}`)).size).toBe(1);
    expect(answers[0]!.deduplicated).toBe(false);
    expect(await uploads().complete(viewer, { id: session.id })).toMatchObject({ deduplicated: false });
    await rest(viewer);
  });

  it('that is put to again after its end changes nothing, and what was put goes', async () => {
    const viewer = test.viewer();
    const session = await staged(viewer, Buffer.from('What was agreed.'));
    const { object } = await uploads().complete(viewer, { id: session.id });
    await test.app.objectStore.put(session.stagingKey, Readable.from([Buffer.from('What was not.')]));
    expect((await uploads().complete(viewer, { id: session.id })).object.id).toBe(object.id);
    expect((await bytesOf(object.storageKey)).toString()).toBe('What was agreed.');
    await rest(viewer);
    await test.app.maintenance.housekeeping();
    expect(await violations(test.app)).toEqual([]);
  });

  it('whose bytes are changed while they are verified is verified again', async () => {
    const viewer = test.viewer();
    const [read, put] = [Buffer.from('Read before.'), Buffer.from('Put between.')];
    const free = await staged(viewer, read);
    const bound = await staged(viewer, read, { contentHash: sha256(read) });
    replace(test.app.objectStore, 'copy', (copy) => async (from, to, options) => {
      // Between the reading and the copying, once each.
      const late = new Set([free.stagingKey, bound.stagingKey]);
      if (late.has(from) && sha256(await bytesOf(from)) === sha256(read)) await test.app.objectStore.put(from, Readable.from([put]));
      return copy(from, to, options);
    });
    const { object } = await uploads().complete(viewer, { id: free.id });
    expect(object.contentHash).toBe(sha256(put));
    expect(await bytesOf(object.storageKey)).toEqual(put);
    await expect(uploads().complete(viewer, { id: bound.id })).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
    await rest(viewer);
    expect(await violations(test.app)).toEqual([]);
  });

  it('cannot be aborted while it is verified, and is whole afterwards', async () => {
    const viewer = test.viewer();
    const session = await staged(viewer, Buffer.from('Being verified.'));
    const held = gate();
    replace(test.app.deps.media, 'sniff', (sniff) => async (head, filename) => {
      await held.pass();
      return sniff(head, filename);
    });
    const completing = uploads().complete(viewer, { id: session.id });
    await held.reached;
    await expect(uploads().abort(viewer, session.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await uploads().byIds(viewer, [session.id]))[0]!.status).toBe('VERIFYING');
    held.open();
    expect((await completing).object.fileSize).toBe(15);
    await rest(viewer);
  });

  it('that is completed and aborted at once is one of both', async () => {
    const viewer = test.viewer();
    for (let round = 0; round < 6; round += 1) {
      const session = await staged(viewer, Buffer.from(`Completed or aborted ${round}.`));
      const both = [() => uploads().complete(viewer, { id: session.id }), () => uploads().abort(viewer, session.id)];
      const results = await Promise.allSettled((round % 2 === 0 ? both : both.toReversed()).map((work) => work()));
      expect(results.map(codeOf).toSorted()).toEqual(['CONFLICT', 'done']);
    }
    await rest(viewer);
    expect(await violations(test.app)).toEqual([]);
  });

  it('whose process failed while verifying can be completed by the next call', async () => {
    const viewer = test.viewer();
    const session = await staged(viewer, Buffer.from('Once more.'));
    replace(test.app.deps.media, 'sniff', () => () => Promise.reject(new Error('the reader broke')));
    await expect(uploads().complete(viewer, { id: session.id })).rejects.toThrow('the reader broke');
    expect((await uploads().byIds(viewer, [session.id]))[0]!.status).toBe('PENDING');
    for (const restore of restores.splice(0)) restore();
    expect((await uploads().complete(viewer, { id: session.id })).deduplicated).toBe(false);
    await rest(viewer);
  });
});
