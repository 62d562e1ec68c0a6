type Json = Readonly<Record<string, unknown>>;

/** What of a model's files tells how many tokens it reads. */
export interface TokenLimitFiles {
  /** sentence_bert_config.json; of models that have none, left out. */
  sentence?: Json;
  /** tokenizer_config.json. */
  tokenizer: Json;
  /** config.json, or the part of it that is about the transformer which reads words. */
  config: Json;
}

/** Exporters write 10^30 and the like for a tokenizer that knows no limit; no transformer reads as much as this. */
const NO_LIMIT = 2 ** 24;
/** A start token, one of the text, and an end token. */
const LEAST_TOKENS = 3;
/** Their positions begin behind the padding token's id, so that as many of `max_position_embeddings` are never a token's. */
const COUNT_FROM_PADDING: readonly string[] = [
  'roberta', 'roberta-prelayernorm', 'xlm-roberta', 'xlm-roberta-xl', 'camembert', 'mpnet', 'longformer', 'data2vec-text', 'ibert', 'xmod', 'luke',
];
const USUAL_PADDING = 1;

const countOf = (value: unknown): number | null => (Number.isInteger(value) && (value as number) > 0 && (value as number) < NO_LIMIT ? (value as number) : null);

/**
 * Tokens that a model reads of a text, its start and end tokens included: what `max_seq_length` says, or where it says nothing the
 * tokenizer's `model_max_length`, and never more than the model has positions; as sentence-transformers reads these files.
 * @returns null where nothing of it says so
 */
export function tokenLimit({ sentence, tokenizer, config }: TokenLimitFiles): number | null {
  const limits = [countOf(sentence?.['max_seq_length']) ?? countOf(tokenizer['model_max_length']), positionsOf(config)].filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

/**
 * The same of a model of texts, for which there is no usual number.
 * @param refuse makes an error of what is wrong, to be thrown
 */
export function textTokenLimit(files: TokenLimitFiles & { sentence: Json }, refuse: (what: string) => Error): number {
  const stated = files.sentence['max_seq_length'] ?? null;
  if (stated !== null && countOf(stated) === null) throw refuse(`its sentence_bert_config.json says max_seq_length ${JSON.stringify(stated)}, which is no number of tokens.`);
  const limit = tokenLimit(files);
  if (limit === null) throw refuse('nothing says how many tokens it reads: max_seq_length of its sentence_bert_config.json, model_max_length of its tokenizer_config.json or max_position_embeddings of its config.json.');
  if (limit < LEAST_TOKENS) throw refuse(`by its files it reads ${limit} tokens, which leaves no room for a text between the start and end tokens.`);
  return limit;
}

function positionsOf(config: Json): number | null {
  const positions = countOf(config['max_position_embeddings']);
  if (positions === null || !COUNT_FROM_PADDING.includes(String(config['model_type']))) return positions;
  const padding = config['pad_token_id'];
  return Math.max(0, positions - 1 - (Number.isInteger(padding) ? (padding as number) : USUAL_PADDING));
}
