import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withApp } from '../../support/app.js';

const SAMPLES = resolve(import.meta.dirname, '../../../samples');

describe('from bytes to findable', () => {
  const test = withApp();

  it('takes a text in, finds it by meaning and by words, and annotates it behind READY', async () => {
    const viewer = test.viewer();
    const { object, ingestion, deduplicated } = await test.ingestText(viewer, 'The keeper mended the lens of the lighthouse in April. It had cracked in the frost.');
    expect(deduplicated).toBe(false);
    expect(object.status).toBe('PROCESSING');
    const end = await test.ended(viewer, ingestion.id);
    expect(end).toMatchObject({ status: 'SUCCEEDED', stage: 'DONE', progress: 1, attempts: 1, error: null });

    const { search, objects, annotations } = test.app.services;
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD'] as const) {
      const { hits } = await search.search(viewer, { query: 'repaired the lighthouse lens', mode, fusion: 'RELATIVE_SCORE' }, { first: 10 });
      expect(hits.map((hit) => hit.object.id), mode).toEqual([object.id]);
    }
    expect((await objects.byIds(viewer, [object.id]))[0]).toMatchObject({ status: 'READY', version: 1 });
    const page = await annotations.page(viewer, {});
    expect(page.items.map(({ node }) => node.annotatorId)).toContain('system:keywords@1');
  });

  it.each([
    ['images/lighthouse-dusk.jpg', 'IMAGE', 'image/jpeg'],
    ['audio/bell-buoy.mp3', 'AUDIO', 'audio/mpeg'],
    ['documents/heron-point-handbook.pdf', 'DOCUMENT', 'application/pdf'],
    ['video/rain-on-the-slip.webm', 'VIDEO', 'video/webm'],
  ] as const)('takes in %s as %s', async (name, type, mimeType) => {
    const viewer = test.viewer();
    const bytes = await readFile(resolve(SAMPLES, name));
    const { object, ingestion } = await test.upload(viewer, bytes, { filename: name.split('/')[1]! });
    expect(object).toMatchObject({ type, mimeType, fileSize: bytes.length });
    expect(await test.ended(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', error: null });
    const [ready] = await test.app.services.objects.byIds(viewer, [object.id]);
    expect(ready!.status).toBe('READY');
    expect(Object.keys(ready!.facts)).not.toEqual([]);
  });
});
