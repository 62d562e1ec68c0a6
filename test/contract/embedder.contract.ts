import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStrataError } from '../../src/domain/errors.js';
import type { Embedder, MediaSource } from '../../src/ports/embedder.port.js';

export interface EmbedderSubject {
  make(): Embedder | Promise<Embedder>;
  /** A model of it that reads words and cuts passages. */
  words?: string;
  /** A model of it that reads media, with something to read. */
  media?: { model: string; source: MediaSource };
}

const length = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** What every Embedder owes to those who use it. */
export function embedderContract(name: string, subject: EmbedderSubject): void {
  describe(`${name} as an Embedder`, () => {
    let embedder: Embedder;
    beforeAll(async () => {
      embedder = await subject.make();
    });
    afterAll(() => embedder.close());
    const modelOf = (model: string) => embedder.models().find(({ name }) => name === model)!;

    it('describes its models, each once', () => {
      const models = embedder.models();
      expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
      for (const model of models) {
        expect(model.dimensions).toBeGreaterThan(0);
        expect(model.modalities.length).toBeGreaterThan(0);
        expect(model.revision).not.toBe('');
        expect(model.setting).not.toBe('');
        expect(model.available || !model.active).toBe(true);
        if (model.defaultAlpha !== null) expect(model.defaultAlpha >= 0 && model.defaultAlpha <= 1).toBe(true);
        for (const cosine of Object.values(model.matchCosines ?? {})) expect(cosine > 0 && cosine < 1).toBe(true);
        if (model.duplicateCosine !== null) expect(model.duplicateCosine > 0.5 && model.duplicateCosine <= 1).toBe(true);
      }
    });

    it('says which setting brings a model that it does not have', async () => {
      const source: MediaSource = { path: '/nowhere', type: 'IMAGE', mimeType: 'image/png' };
      const absent = [
        'no-such-model',
        ...embedder
          .models()
          .filter(({ available }) => !available)
          .map(({ name }) => name),
      ];
      for (const model of absent) {
        const calls = [
          () => embedder.embedTexts(model, ['a']),
          () => embedder.embedMedia(model, source),
          () => embedder.splitPassages(model, [{ text: 'a' }]),
        ];
        for (const call of calls) {
          const error: unknown = await call().then(
            () => null,
            (reason: unknown) => reason,
          );
          expect(isStrataError(error) && error.code).toBe('NOT_CONFIGURED');
          expect(isStrataError(error) && error.extensions['setting']).toBeTruthy();
        }
      }
    });

    it.runIf(subject.words)('embeds texts in order, at length 1, the same whatever goes with them', async () => {
      const model = subject.words!;
      const texts = [
        'The cat sat on the mat.',
        '',
        'Interest rates were raised again.',
        'word '.repeat(5000),
        'A cat is lying on a rug.',
      ];
      const vectors = await embedder.embedTexts(model, texts);
      expect(vectors.length).toBe(texts.length);
      for (const vector of vectors) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector.length).toBe(modelOf(model).dimensions);
        expect(length(vector)).toBeCloseTo(1, 5);
      }
      expect(cosine(vectors[0]!, vectors[4]!)).toBeGreaterThan(cosine(vectors[0]!, vectors[2]!));
      for (const [i, text] of texts.entries()) {
        const [alone] = await embedder.embedTexts(model, [text], { priority: 'query' });
        expect(cosine(alone!, vectors[i]!)).toBeGreaterThan(0.9999);
      }
      expect(await embedder.embedTexts(model, [])).toEqual([]);
    });

    it.runIf(subject.words)(
      'cuts texts into passages within the target, none across a break, all of the text in them',
      async () => {
        const page =
          'Lift is the force that acts at a right angle to the flow. Drag acts along it, and there is always some of it. '.repeat(
            30,
          );
        const text = page + page;
        const [passages, none, short] = await embedder.splitPassages(subject.words!, [
          { text, breaks: [page.length] },
          { text: ' \n ' },
          { text: ' One. ' },
        ]);
        expect(none).toEqual([]);
        expect(short!.map(({ start, end }) => ' One. '.slice(start, end))).toEqual(['One.']);
        expect(passages!.length).toBeGreaterThan(4);
        let reached = 0;
        for (const { start, end, tokens } of passages!) {
          expect(tokens).toBeLessThanOrEqual(254);
          expect(start < page.length && end > page.length).toBe(false);
          expect(text.slice(reached, start).trim()).toBe('');
          reached = end;
        }
        expect(text.slice(reached).trim()).toBe('');
        const [finer] = await embedder.splitPassages(subject.words!, [{ text }], { target: 50, overlap: 8 });
        expect(finer!.length).toBeGreaterThan(passages!.length * 2);
      },
    );

    it.runIf(subject.media)('embeds media at length 1', async () => {
      const { model, source } = subject.media!;
      const vectors = await embedder.embedMedia(model, source);
      expect(vectors.length).toBeGreaterThan(0);
      for (const { vector } of vectors) {
        expect(vector.length).toBe(modelOf(model).dimensions);
        expect(length(vector)).toBeCloseTo(1, 5);
      }
    });

    it('does not begin what was given up', async () => {
      const reason = new Error('given up');
      const signal = AbortSignal.abort(reason);
      if (subject.words) {
        await expect(embedder.embedTexts(subject.words, ['a'], { signal })).rejects.toBe(reason);
        await expect(embedder.splitPassages(subject.words, [{ text: 'a' }], { signal })).rejects.toBe(reason);
      }
      if (subject.media)
        await expect(embedder.embedMedia(subject.media.model, subject.media.source, { signal })).rejects.toBe(reason);
    });

    it.runIf(subject.words)('answers no more once it is closed, and may be closed twice', async () => {
      const other = await subject.make();
      await other.close();
      await other.close();
      await expect(other.embedTexts(subject.words!, ['a'])).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    });
  });
}
