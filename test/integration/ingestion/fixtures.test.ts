import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { DataType, Ingestion } from '../../../src/domain/model.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';

const FIXTURES = resolve(import.meta.dirname, '../../../../shared/fixtures');

/** By extension, and by folder where the extension is not enough. */
const TYPES: Readonly<Record<string, DataType>> = {
  docx: 'DOCUMENT', pdf: 'DOCUMENT', md: 'DOCUMENT', html: 'DOCUMENT', csv: 'DOCUMENT', txt: 'TEXT',
  png: 'IMAGE', jpg: 'IMAGE', webp: 'IMAGE', tiff: 'IMAGE', gif: 'IMAGE', bmp: 'IMAGE',
  wav: 'AUDIO', flac: 'AUDIO', m4a: 'AUDIO', mp3: 'AUDIO', ogg: 'AUDIO', mp4: 'VIDEO', webm: 'VIDEO',
};

describe.skipIf(!existsSync(FIXTURES))('every file of ../shared/fixtures', () => {
  const test = withApp();
  it.each(['documents', 'media', 'photos'])('/%s ends READY, as what it is, or is refused for being empty', async (folder) => {
    const viewer = test.viewer();
    const names = (await readdir(join(FIXTURES, folder))).filter((name) => TYPES[name.split('.').at(-1)!] !== undefined);
    expect(names.length).toBeGreaterThan(5);
    const ends = new Map<string, Ingestion>();
    await Promise.all(
      names.map(async (name) => {
        const bytes = await readFile(join(FIXTURES, folder, name));
        if (bytes.length === 0) {
          await expect(test.app.services.uploads.create(viewer, { filename: name, fileSize: 0 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
          return;
        }
        const { object, ingestion } = await test.upload(viewer, bytes, { filename: name });
        expect(object.type, name).toBe(TYPES[name.split('.').at(-1)!]);
        ends.set(name, await test.ended(viewer, ingestion.id));
        const [ready] = await test.app.services.objects.byIds(viewer, [object.id]);
        expect(ready, name).toMatchObject({ status: 'READY', version: 1 });
        expect(Object.keys(ready!.facts), name).not.toEqual([]);
        if (folder === 'documents') expect((await test.app.services.objects.texts(viewer, [object.id]))[0]?.length, name).toBeGreaterThan(30);
      }),
    );
    for (const [name, end] of ends) expect(end, name).toMatchObject({ status: 'SUCCEEDED', stage: 'DONE', progress: 1, attempts: 1, error: null });
    expect(await violations(test.app)).toEqual([]);
  });
});
