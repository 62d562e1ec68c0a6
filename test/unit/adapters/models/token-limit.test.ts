import { describe, expect, it } from 'vitest';
import { textTokenLimit, tokenLimit } from '../../../../src/adapters/models/token-limit.js';

/** What transformers writes of a tokenizer without a limit: `int(1e30)`. */
const VERY_LARGE = 1000000000000000019884624838656;
const [sentence, tokenizer] = [(max: unknown) => ({ max_seq_length: max }), (max: unknown) => ({ model_max_length: max })];
const positions = (max: number, type = 'bert', pad = 0) => ({ model_type: type, max_position_embeddings: max, pad_token_id: pad });
const refuse = (what: string) => new Error(what);

describe('the tokens that a model reads', () => {
  it.each([
    ['sentence-transformers/all-MiniLM-L6-v2', sentence(256), tokenizer(512), positions(512), 256],
    ['sentence-transformers/all-mpnet-base-v2', sentence(384), tokenizer(512), positions(514, 'mpnet', 1), 384],
    ['max_seq_length null', sentence(null), tokenizer(512), positions(512), 512],
    ['max_seq_length left out', {}, tokenizer(128), positions(512), 128],
    ['a tokenizer without a limit', {}, tokenizer(VERY_LARGE), positions(512), 512],
    ['positions that begin behind the padding', {}, tokenizer(VERY_LARGE), positions(514, 'xlm-roberta', 1), 512],
    ['the padding’s id left out', {}, tokenizer(VERY_LARGE), { model_type: 'roberta', max_position_embeddings: 514 }, 512],
    ['more than there are positions', sentence(1024), tokenizer(512), positions(512), 512],
    ['relative positions', {}, tokenizer(512), { model_type: 't5' }, 512],
    ['a tokenizer that says nothing', {}, {}, positions(8192, 'modernbert'), 8192],
  ])('are bounded by the model’s positions: %s', (_, said, tokens, config, limit) => expect(textTokenLimit({ sentence: said, tokenizer: tokens, config }, refuse)).toBe(limit));

  it.each([
    ['nothing', {}, {}, {}, /^nothing says how many tokens it reads: max_seq_length of its sentence_bert_config\.json, model_max_length of its tokenizer_config\.json or max_position_embeddings of its config\.json\.$/],
    ['no limit at all', {}, tokenizer(VERY_LARGE), { max_position_embeddings: -1 }, /^nothing says/],
    ['words', sentence('many'), tokenizer(512), positions(512), /^its sentence_bert_config\.json says max_seq_length "many", which is no number of tokens\.$/],
    ['none', sentence(0), tokenizer(512), positions(512), /says max_seq_length 0, which is no number of tokens\.$/],
    ['a broken number', sentence(0.5), tokenizer(512), positions(512), /says max_seq_length 0\.5,/],
    ['too few', sentence(2), tokenizer(512), positions(512), /^by its files it reads 2 tokens, which leaves no room for a text between the start and end tokens\.$/],
  ])('are refused where the files say %s', (_, said, tokens, config, sentenceOfError) => expect(() => textTokenLimit({ sentence: said, tokenizer: tokens, config }, refuse)).toThrow(sentenceOfError));

  it('of other models may be the usual ones', () => {
    expect(tokenLimit({ tokenizer: {}, config: {} })).toBeNull();
    expect(tokenLimit({ tokenizer: tokenizer(VERY_LARGE), config: {} })).toBeNull();
    expect(tokenLimit({ tokenizer: tokenizer(VERY_LARGE), config: positions(514, 'roberta', 1) })).toBe(512);
  });
});
