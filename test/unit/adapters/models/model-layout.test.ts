import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isModelName, sourceOf } from '../../../../src/adapters/models/hub/repositories.js';
import { isRepositoryPath, placeWithin } from '../../../../src/adapters/models/hub/repository-path.js';
import { isAbout, isBeside, kindOf, LAYOUTS, layoutLines, weightsAmong } from '../../../../src/adapters/models/model-layout.js';

const MODELS = readFileSync('docs/models.md', 'utf8');

describe('the layout of a model’s folder', () => {
  it.each([
    ['onnx-text', 'all-mpnet-base-v2'],
    ['onnx-clip', 'clip-vit-base-patch32'],
    ['onnx-wav2vec2', 'wav2vec2-base'],
    ['onnx-cross-encoder', 'my-cross-encoder'],
  ] as const)('%s is in docs/models.md as the program prints it', (kind, name) => expect(MODELS).toContain(`\n${layoutLines(kind, name).join('\n')}\n\`\`\``));

  it('knows a kind by the model’s own files', () => {
    expect(kindOf({ model_type: 'bert' }, true)).toBe('onnx-text');
    expect(kindOf({ model_type: 'clip' }, true)).toBe('onnx-clip');
    expect(kindOf({ model_type: 'wav2vec2', architectures: ['Wav2Vec2ForPreTraining'] }, false)).toBe('onnx-wav2vec2');
    expect(kindOf({ model_type: 'bert', architectures: ['BertForSequenceClassification'] }, false)).toBe('onnx-cross-encoder');
    expect(kindOf({ model_type: 'bert' }, false)).toBeNull();
    expect(kindOf({}, false)).toBeNull();
  });

  it('takes the usual weights, or the only ones', () => {
    const text = (...files: string[]) => weightsAmong(files, LAYOUTS['onnx-text']);
    expect(text('onnx/model.onnx', 'onnx/model_O3.onnx', 'onnx/model_quantized.onnx')).toBe('onnx/model.onnx');
    expect(text('onnx/odd.onnx', 'a/b.onnx')).toBe('onnx/odd.onnx');
    expect(text('onnx/odd.onnx', 'onnx/other.onnx')).toBeNull();
    const clip = (...files: string[]) => weightsAmong(files, LAYOUTS['onnx-clip']);
    expect(clip('onnx/vision_model.onnx')).toBeNull();
    expect(clip('onnx/vision_model.onnx', 'onnx/text_model_quantized.onnx', 'onnx/vision_model_quantized.onnx')).toBe('onnx/vision_model_quantized.onnx');
  });

  it('has nothing that leads out of its folder', () => {
    expect(['config.json', '1_Pooling/config.json', 'LICENSE', 'NOTICE.md'].every(isAbout)).toBe(true);
    expect(['../config.json', 'a/config.json', '1_Pooling/../config.json', 'config.json.exe', 'README.md'].some(isAbout)).toBe(false);
    expect(['all-mpnet-base-v2', 'acme/mini'].every(isModelName)).toBe(true);
    expect(['', '..', '../x', 'a/../b', 'a/b/c', '/a', '.hidden', 'a b'].some(isModelName)).toBe(false);
    const beside = (file: string) => isBeside('onnx/model.onnx', file);
    expect(['onnx/model.onnx_data', 'onnx/model.onnx.data', 'onnx/model.onnx_data_1', 'onnx/model.onnx_data-00002'].every(beside)).toBe(true);
    expect(['onnx/model.onnx', 'onnx/model.onnx_data/x', 'onnx/model.onnx_data/../../../x', 'onnx/model.onnx_data.partial', 'onnx/model.onnx_data/', 'model.onnx_data'].some(beside)).toBe(false);
  });
});

describe('a path that a hub lists', () => {
  it('is one below the folder, or none', () => {
    for (const path of ['config.json', 'onnx/model.onnx_data', '1_Pooling/config.json', '.gitattributes', 'a b/..c', 'a/...']) {
      expect(isRepositoryPath(path), path).toBe(true);
      expect(placeWithin('/models/x', path)).toBe(resolve('/models/x', path));
    }
    const strange = ['', '.', '..', '/', '/etc/passwd', '../x', 'a/../x', 'onnx/model.onnx_data/../../../x', 'a/./x', './x', 'a//x', 'a/', 'a\\x', '..\\x', 'C:x', 'C:/x', 'c:\\x', 'a/b:stream', 'a\0', 'a\nb'];
    for (const path of strange) {
      expect(isRepositoryPath(path), path).toBe(false);
      expect(() => placeWithin('/models/x', path), path).toThrow(/^The hub lists ".*", which is no path of a file in a model's folder\. Nothing of it was loaded;/);
    }
  });
});

describe('what is asked for', () => {
  it('is a name that is known, or a repository, in a revision or not', () => {
    expect(sourceOf('all-mpnet-base-v2')).toMatchObject({ name: 'all-mpnet-base-v2', repository: 'sentence-transformers/all-mpnet-base-v2', revision: 'main' });
    expect(sourceOf('wav2vec2-base')).toMatchObject({ repository: null, exportFrom: 'facebook/wav2vec2-base' });
    expect(sourceOf('acme/mini@v1.0')).toEqual({ name: 'acme/mini', repository: 'acme/mini', revision: 'v1.0', kind: null, terms: null, exportFrom: null });
  });

  it('is refused where it is neither', () => {
    expect(() => sourceOf('constructor')).toThrow('There is no model "constructor". Known names: all-MiniLM-L6-v2, all-mpnet-base-v2, clip-vit-base-patch32, wav2vec2-base; or name a hub\'s repository as ORG/REPO.');
    for (const wrong of ['../x', 'a/b/c', 'a/..', 'a/b@', 'a/b@../c', 'a/b@c@d']) expect(() => sourceOf(wrong), wrong).toThrow();
  });
});
