import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import { put, withApi, type ApiClient } from '../../support/api.js';
import { captionsIndexed } from '../../support/invariants.js';
import { create, SAMPLES } from './uploading.js';

const CLIP = resolve('../shared/models/clip-tiny-random');
const FIND = `query($input: SearchInput!) { search(input: $input, first: 10) {
  incomplete warnings edges { score node { filename type } explanation { model spaces { model score rank } } } } }`;

interface Edge {
  score: number;
  node: { filename: string; type: string };
  explanation: { model: string; spaces: { model: string; score: number; rank: number }[] };
}

describe.skipIf(!existsSync(CLIP))('with CLIP beside the model of texts', () => {
  const api = withApi({ settings: `embedding: {descriptors: false, models: [{name: clip-vit-base-patch32, path: ${JSON.stringify(CLIP)}}]}` });
  const picture = () => readFile(resolve(SAMPLES, 'images/lighthouse-dusk.jpg'));
  let admin: ApiClient;
  let reader: ApiClient;
  beforeAll(async () => {
    ({ admin, reader } = api.tenant());
    await admin.upload(await picture(), { filename: 'dusk.jpg' });
    await admin.upload(await readFile(resolve(SAMPLES, 'images/chart-depths.png')), { filename: 'chart.png' });
    await admin.texts([{ text: 'The lighthouse at dusk.', filename: 'dusk.txt' }, { text: 'Bread and butter.', filename: 'bread.txt' }, { text: 'Soup of leeks.', filename: 'soup.txt' }]);
  });
  const find = async (input: object): Promise<Edge[]> => {
    const { search } = await reader.ask(FIND, { input });
    expect([search.incomplete, search.warnings]).toEqual([false, []]);
    return search.edges;
  };

  it('words are heard in both spaces, and neither drowns the other', async () => {
    for (const mode of ['VECTOR', 'HYBRID']) {
      const edges = await find({ query: 'a lighthouse at dusk', mode });
      expect(new Set(edges.map(({ node }) => node.type))).toEqual(new Set(['TEXT', 'IMAGE']));
      expect(edges.slice(0, 2).map(({ node }) => node.type)).toContain('IMAGE');
      const best = edges.find(({ node }) => node.type === 'IMAGE')!;
      expect(best.explanation.spaces).toEqual([{ model: 'clip-vit-base-patch32', score: expect.any(Number), rank: 0 }]);
    }
    expect((await find({ query: 'a lighthouse', filter: { types: ['IMAGE'] } })).every(({ node }) => node.type === 'IMAGE')).toBe(true);
  });

  it('a picture sent for the query finds pictures in the space of pictures', async () => {
    const bytes = await picture();
    const { upload } = await create(reader, { filename: 'mine.jpg', fileSize: bytes.length, purpose: 'QUERY' });
    await put(upload.url, bytes);
    const edges = await find({ uploadId: upload.id });
    expect(edges.map(({ node }) => node.filename)).toEqual(['dusk.jpg', 'chart.png']);
    expect(edges[0]!.explanation.spaces[0]).toMatchObject({ model: 'clip-vit-base-patch32', score: expect.closeTo(1, 3) });
  });

  it('a picture less words is asked for where both are heard', async () => {
    const { dataObjects } = await reader.ask('{ dataObjects(filter: { types: [IMAGE] }) { nodes { id filename } } }');
    const { id } = dataObjects.nodes.find(({ filename }: { filename: string }) => filename === 'dusk.jpg');
    const edges = await find({ terms: [{ objectId: id }, { query: 'bread', weight: -0.5 }], mode: 'VECTOR' });
    expect(edges.map((edge) => edge.node.filename)).toEqual(['chart.png']);
  });

  describe.skipIf(!hasFfmpeg())('and a film (needs ffmpeg)', () => {
    const EDGES = `query($input: SearchInput!) { search(input: $input, first: 10) { incomplete warnings edges { node { filename } explanation { model } matches { text startSeconds } } } }`;
    let other: ReturnType<typeof api.tenant>;
    let pictureId: string;
    beforeAll(async () => {
      other = api.tenant();
      pictureId = (await other.admin.upload(await picture(), { filename: 'dusk.jpg' })).id;
      await other.admin.upload(await readFile(resolve('../shared/fixtures/media/clip.mp4')), { filename: 'clip.mp4' });
      await other.admin.texts([{ text: 'The lighthouse keeper lights the lamp at dusk.', filename: 'keeper.txt' }, { text: 'Bread and butter.', filename: 'bread.txt' }]);
      await other.admin.ask('mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on UserError { message } } }', {
        input: [{ objectId: pictureId, type: 'CAPTION', content: { text: 'A lighthouse at dusk.' } }],
      });
      await captionsIndexed(api.serving.app);
    });
    const found = async (input: object) => {
      const { search } = await other.reader.ask(EDGES, { input });
      expect([search.incomplete, search.warnings]).toEqual([false, []]);
      return new Map<string, { explanation: { model: string }; matches: { text: string | null; startSeconds: number | null }[] }>(search.edges.map((edge: { node: { filename: string } }) => [edge.node.filename, edge]));
    };

    it('words find the picture, by what is seen and by its caption, the film and the passage', async () => {
      const edges = await found({ query: 'a lighthouse at dusk', mode: 'VECTOR' });
      expect([...edges.keys()]).toEqual(expect.arrayContaining(['dusk.jpg', 'clip.mp4', 'keeper.txt']));
      expect(edges.get('dusk.jpg')!.matches.map(({ text }) => text)).toContain('A lighthouse at dusk.');
      expect(edges.get('clip.mp4')!.matches[0]!.startSeconds).toBeGreaterThanOrEqual(0);
    });

    it('a picture sent for the query finds pictures, a frame of the film, and passages by the caption of the same picture, as one that is here does by its own', async () => {
      const bytes = await picture();
      const { upload } = await create(other.reader, { filename: 'mine.jpg', fileSize: bytes.length, purpose: 'QUERY' });
      await put(upload.url, bytes);
      const sent = await found({ uploadId: upload.id });
      expect([...sent.keys()]).toEqual(expect.arrayContaining(['dusk.jpg', 'clip.mp4', 'keeper.txt']));
      expect(sent.get('keeper.txt')!.explanation.model).toBe('all-MiniLM-L6-v2');
      expect(sent.get('clip.mp4')!.matches[0]).toMatchObject({ text: null, startSeconds: expect.any(Number) });
      const like = await found({ objectId: pictureId });
      expect([...like.keys()]).toEqual(expect.arrayContaining(['clip.mp4', 'keeper.txt']));
      expect(like.get('keeper.txt')!.explanation.model).toBe('all-MiniLM-L6-v2');
      expect(like.has('dusk.jpg')).toBe(false);
    });
  });
});
