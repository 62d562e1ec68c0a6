import { openEmbedder as openUsual } from '../../src/app/open-embedder.js';
import type { Embedder, EmbeddingModel, MediaVector } from '../../src/ports/embedder.port.js';

/** As long as MiniLM's, so that nothing but their names keeps the two spaces apart. */
export const SECOND = 'second-text';
/** Half as long as the image descriptor's. */
export const SECOND_PICTURES = 'second-pictures';
export const FIRST = 'all-MiniLM-L6-v2';

/** What a test may do with the second models. */
export interface SecondModels {
  /** Called with the texts before they are embedded; what it throws is thrown. */
  before?: (texts: readonly string[]) => Promise<void> | void;
  /** The same of the first text model. */
  beforeFirst?: (texts: readonly string[]) => Promise<void> | void;
  /** They are not in this process. */
  missing?: boolean;
  revision?: string;
}

/**
 * The usual models and two more: a text model whose vectors are MiniLM's with every number in another place, so that likeness within
 * it is the same and likeness across means nothing; and one of pictures, of the first half of the descriptor's numbers.
 */
export function withSecondModels(options: SecondModels = {}): typeof openUsual {
  return (...args) => {
    const usual = openUsual(...args);
    const [text, pictures] = [FIRST, 'image-descriptor'].map((name) => usual.models().find((model) => model.name === name)!);
    const common = { active: false, available: options.missing !== true, revision: options.revision ?? 'second-1', defaultAlpha: null, duplicateCosine: null, setting: 'embedding.models' };
    const second: EmbeddingModel[] = [
      { ...text!, ...common, name: SECOND, description: 'MiniLM in another order.' },
      { ...pictures!, ...common, name: SECOND_PICTURES, dimensions: Math.floor(pictures!.dimensions / 2), description: 'Half of the descriptor.' },
    ];
    const own: Partial<Embedder> = {
      models: () => [...usual.models(), ...second],
      async embedTexts(model, texts, how) {
        if (model === FIRST) await options.beforeFirst?.(texts);
        if (model !== SECOND) return usual.embedTexts(model, texts, how);
        await options.before?.(texts);
        return (await usual.embedTexts(FIRST, texts, how)).map((vector) => vector.toReversed());
      },
      async embedMedia(model, source, how) {
        if (model !== SECOND_PICTURES) return usual.embedMedia(model, source, how);
        return (await usual.embedMedia('image-descriptor', source, how)).map((moment): MediaVector => ({ ...moment, vector: halved(moment.vector) }));
      },
      embedMediaForAll: (models, source, how) => Promise.all(models.map((model) => own.embedMedia!(model, source, how))),
      splitPassages: (model, ...rest) => usual.splitPassages(model === SECOND ? FIRST : model, ...rest),
    };
    return new Proxy(usual, {
      get(target, name) {
        const part: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target);
        return typeof part === 'function' ? (part as (...given: unknown[]) => unknown).bind(target) : part;
      },
    });
  };
}

function halved(vector: Float32Array): Float32Array {
  const half = vector.slice(0, Math.floor(vector.length / 2));
  const length = Math.hypot(...half) || 1;
  return half.map((value) => value / length);
}
