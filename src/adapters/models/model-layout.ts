import type { ModelKind } from './model.messages.js';

/** The files of a model's folder, as model hubs lay them out: what a kind needs, and what of a repository is worth loading. */
export interface ModelLayout {
  /** In words: what the kind is for. */
  title: string;
  /** Without these it cannot run. */
  needed: readonly string[];
  /** Weights in ONNX's format, the first that is there; where none is, the only `.onnx` file of `onnx/` or of the folder itself. */
  weights: readonly string[];
  /** The second tower's weights, which lie beside the first's. */
  second?: (weights: string) => string;
}

export const LAYOUTS: Readonly<Record<ModelKind, ModelLayout>> = {
  'onnx-text': {
    title: 'sentence-transformers: texts',
    needed: ['config.json', 'modules.json', 'sentence_bert_config.json', 'tokenizer.json', 'tokenizer_config.json'],
    weights: ['onnx/model_w8.onnx', 'onnx/model.onnx', 'onnx/model_quantized.onnx', 'model.onnx'],
  },
  'onnx-clip': {
    title: 'CLIP: pictures, and words for them',
    needed: ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'],
    weights: ['onnx/vision_model.onnx', 'onnx/vision_model_quantized.onnx', 'vision_model.onnx'],
    second: (weights) => weights.replace('vision_model', 'text_model'),
  },
  'onnx-wav2vec2': {
    title: 'wav2vec 2.0: sounds',
    needed: ['config.json', 'preprocessor_config.json'],
    weights: ['onnx/model.onnx', 'onnx/model_quantized.onnx', 'model.onnx'],
  },
  'onnx-cross-encoder': {
    title: 'cross-encoder: re-ranking',
    needed: ['config.json', 'tokenizer.json', 'tokenizer_config.json'],
    weights: ['onnx/model.onnx', 'onnx/model_quantized.onnx', 'model.onnx'],
  },
};

/** The pooling module's settings, in the folder that modules.json names. */
export const POOLING = '1_Pooling/config.json';

/** What exporters call the vectors of a text's tokens: those for transformers, and those for sentence-transformers, which pool besides. */
export const TOKEN_OUTPUTS: readonly string[] = ['last_hidden_state', 'token_embeddings'];

/** What is small and says what the rest is: whatever of this a repository has is loaded before its weights. */
const ABOUT =
  /^(config|modules|tokenizer|tokenizer_config|special_tokens_map|preprocessor_config|sentence_bert_config|config_sentence_transformers)\.json$|^\d+_[A-Za-z]+\/config\.json$|^(LICENSE|NOTICE)(\.(md|txt))?$/;

export const isAbout = (file: string): boolean => ABOUT.test(file);

/** The kind of model that a folder holds, by its own files; null where it is none that is known. */
export function kindOf(config: Readonly<Record<string, unknown>>, hasModules: boolean): ModelKind | null {
  const { model_type: type, architectures } = config;
  if (type === 'clip') return 'onnx-clip';
  if (type === 'wav2vec2') return 'onnx-wav2vec2';
  if (Array.isArray(architectures) && architectures.some((each) => String(each).endsWith('ForSequenceClassification'))) return 'onnx-cross-encoder';
  return hasModules ? 'onnx-text' : null;
}

/** The weights among a folder's files, or null where none is, or nobody could tell which is meant. */
export function weightsAmong(files: readonly string[], { weights, second }: ModelLayout): string | null {
  const isWhole = (file: string) => files.includes(file) && (second === undefined || files.includes(second(file)));
  const known = weights.find(isWhole);
  if (known !== undefined) return known;
  const single = second === undefined ? files.filter((file) => /^(onnx\/)?[^/]+\.onnx$/.test(file)) : [];
  return single.length === 1 ? single[0]! : null;
}

/** What exporters add to a graph's name for the files beside it; of several, each with a number. */
const BESIDE = /^[_.]data[\w-]*$/;

/** Files that hold weights of this one, which a graph beyond 2 GB keeps beside itself. */
export const isBeside = (weights: string, file: string): boolean => file.startsWith(weights) && BESIDE.test(file.slice(weights.length));

/** The layout as somebody would make it by hand, a line a file. */
export function layoutLines(kind: ModelKind, folder: string): string[] {
  const { needed, weights, second } = LAYOUTS[kind];
  const usual = weights.find((file) => file.startsWith('onnx/') && !/_(w8|quantized)\./.test(file))!;
  const files = [...needed, ...(kind === 'onnx-text' ? [POOLING] : []), usual, ...(second === undefined ? [] : [second(usual)])];
  return [`${folder}/`, ...files.map((file) => `  ${file}`)];
}
