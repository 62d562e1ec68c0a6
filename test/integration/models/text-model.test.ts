import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLED_MODELS, findModel, MODEL_ROWS } from '../../../src/adapters/models/registry.js';
import { splitText } from '../../../src/adapters/models/text-pieces.js';
import { TextModel } from '../../../src/adapters/models/text-model.js';
import { passageRules } from '../../../src/domain/passages.js';
import { cosine } from '../../support/cosine.js';
import { GoldenCosines } from '../../support/golden-cosines.js';

interface Golden {
  maxSequenceLength: number;
  cases: { text: string; tokenIds: number[]; onnx: number[] }[];
}

const SHARED = '../shared/models';
const subjects = [
  { name: 'all-MiniLM-L6-v2', root: BUNDLED_MODELS, golden: 'test/fixtures/models/all-MiniLM-L6-v2/golden.json' },
  { name: 'all-mpnet-base-v2', root: SHARED, golden: `${SHARED}/all-mpnet-base-v2/golden.json` },
];

function passagesOf(text: string, model: TextModel) {
  const steps = splitText(text, [], model.countTokens, passageRules(model.passageLimit));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

for (const { name, root, golden } of subjects) {
  describe.skipIf(!existsSync(golden))(`${name} against its goldens`, () => {
    const cosines = new GoldenCosines(name);
    let model: TextModel;
    let reference: Golden;
    beforeAll(async () => {
      reference = JSON.parse(readFileSync(golden, 'utf8')) as Golden;
      model = await TextModel.load(
        findModel(
          MODEL_ROWS.find((row) => row.name === name)!,
          [root],
        )!,
      );
    });
    afterAll(async () => {
      cosines.print();
      await model.dispose();
    });

    it('reads as many tokens', () => expect(model.maxTokens).toBe(reference.maxSequenceLength));

    it('gives the same token ids', () => {
      for (const { text, tokenIds } of reference.cases) expect(model.encode(text)).toEqual(tokenIds);
    });

    it('gives the same vectors', async () => {
      for (const { text, onnx } of reference.cases) {
        expect(cosines.note(JSON.stringify(text.slice(0, 30)), cosine(await model.run([model.encode(text)]), onnx), 0.9999), text).toBeGreaterThanOrEqual(0.9999);
      }
    });

    it('keeps the rows of a batch apart, and independent where it says so', async () => {
      const vectors = await model.run(reference.cases.map(({ text }) => model.encode(text)));
      expect(model.rowsIndependent).toBe(name === 'all-mpnet-base-v2');
      reference.cases.forEach(({ onnx }, i) => {
        const vector = vectors.subarray(i * model.dimensions, (i + 1) * model.dimensions);
        expect(cosine(vector, onnx)).toBeGreaterThanOrEqual(model.rowsIndependent ? 0.9999 : 0.97);
      });
    });

    it('reads every passage whole that it cuts', () => {
      const texts = [
        ...reference.cases.map(({ text }) => text.repeat(20)),
        '北京大学是中国的一所大学。'.repeat(200),
        'สวัสดีชาวโลก'.repeat(300),
        'x'.repeat(5000),
        'naïve Ångström ﬁne ½ a\u00adb\ufeffc '.repeat(200),
      ];
      for (const text of texts) {
        for (const { start, end, tokens } of passagesOf(text, model)) {
          const read = model.encode(text.slice(start, end)).length - (model.maxTokens - model.passageLimit);
          // Runs without a space or a sign are counted too high; nothing is ever counted too low.
          expect(read).toBeLessThanOrEqual(tokens);
          expect(tokens).toBeLessThanOrEqual(model.passageLimit);
        }
      }
    });

    it('counts the pieces of a text as it tokenises the whole', () => {
      for (const { text } of reference.cases) {
        const words = text.match(/\S+/g) ?? [];
        const counted = words.reduce((sum, word) => sum + model.countTokens(word), 0);
        expect(Math.min(counted, model.passageLimit)).toBe(
          model.encode(text).length - (model.maxTokens - model.passageLimit),
        );
      }
    });
  });
}
