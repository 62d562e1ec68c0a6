import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll } from 'vitest';

import type { App, ComposeOptions } from '../../src/app/compose.js';
import type { Ingestion, JsonObject, Role, Viewer } from '../../src/domain/model.js';
import type { CreateUpload, Ingested, SignedLink } from '../../src/domain/operations.js';
import { isStrataError } from '../../src/domain/errors.js';
import { composeOn, type ConfigOverrides } from './compose.js';
import { migratedTemplate } from './database.js';
import { openStack, type OpenedStack } from './stack.js';
import { type Stack } from './stacks.js';

export interface TestApp {
  readonly app: App;
  readonly dataDir: string;
  /** Of a tenant of its own unless one is named. */
  viewer(options?: { role?: Role; tenant?: string }): Viewer;
  /** The three steps of an upload, with the bytes put to the staging key as the transfer route does, or straight to the bucket. */
  upload(viewer: Viewer, bytes: Uint8Array, input?: Partial<CreateUpload>): Promise<Ingested>;
  ingestText(viewer: Viewer, text: string, metadata?: JsonObject): Promise<Ingested>;
  /** Follows an ingestion to its end by its events. */
  ended(viewer: Viewer, ingestionId: string): Promise<Ingestion>;
  /** Stops the program and starts it again on the same folder. */
  restart(options?: ComposeOptions): Promise<void>;
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The real program on a data folder, or on the servers of a stack, of this test file's own, with the bundled model; started before
 * its tests, gone after them.
 */
export function withApp({ stack, ...options }: ComposeOptions & ConfigOverrides & { stack?: Stack } = {}): TestApp {
  let app: App | null = null;
  let opened: OpenedStack | null = null;
  let dataDir = '';
  const running = (): App => {
    if (!app) throw new Error('The program is there within tests and hooks only.');
    return app;
  };
  const start = async (given: ComposeOptions) => composeIn(dataDir, { ...options, ...given });
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'strata-app-'));
    opened = await openStack(stack);
    if (opened.settings !== '') await writeFile(join(dataDir, 'data_layer.yaml'), opened.settings);
    app = await start({});
  });
  afterAll(async () => {
    await app?.stop();
    await opened?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get app() {
      return running();
    },
    get dataDir() {
      return dataDir;
    },
    viewer: ({ role = 'admin', tenant = `tenant-${randomUUID()}` } = {}) => ({ id: `${role}-of-${tenant}`, tenantId: tenant, role }),
    async upload(viewer, bytes, input = {}) {
      const { uploads } = running().services;
      const created = await uploads.create(viewer, { filename: 'file.bin', fileSize: bytes.length, ...input });
      if (!created.upload) throw new Error('the content was known already; the caller expected an upload');
      if (running().objects.kind === 'filesystem') await running().objectStore.put(created.upload.stagingKey, Readable.from([bytes]));
      else await putAsClient((await uploads.link(viewer, created.upload))!, bytes);
      return uploads.complete(viewer, { id: created.upload.id });
    },
    async ingestText(viewer, text, metadata) {
      const [answer] = await running().services.ingestions.ingestTexts(viewer, [{ text, metadata }]);
      if (isStrataError(answer)) throw answer;
      return answer!;
    },
    async ended(viewer, ingestionId) {
      const ending = new AbortController();
      let last: Ingestion | undefined;
      for await (const state of await running().services.events.ingestionProgress(viewer, [ingestionId], ending.signal)) last = state;
      return last!;
    },
    async restart(given = {}) {
      await running().stop();
      app = await start(given);
    },
  };
}

/** The program on a folder, with the settings in it, from a database that is migrated already. */
export async function composeIn(dataDir: string, options: ComposeOptions & ConfigOverrides = {}): Promise<App> {
  return composeOn(dataDir, { databaseTemplate: await migratedTemplate(), ...options });
}

/** As a client does: this method, this URL, exactly these headers. */
export async function putAsClient({ url, method, headers }: SignedLink, bytes: Uint8Array): Promise<void> {
  const answer = await fetch(url, { method, headers: headers.map(({ name, value }): [string, string] => [name, value]), body: Buffer.from(bytes) });
  if (!answer.ok) throw new Error(`the bucket refused an upload: ${answer.status} ${await answer.text()}`);
}
