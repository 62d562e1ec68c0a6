import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Encoded } from './session.js';

/**
 * Longer texts than this many characters a token are cut before they are tokenised: what is behind that is not read
 * anyway.
 */
const CHARACTERS_A_TOKEN = 100;

export async function readModelJson(folder: string, name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
}

/** tokenizer.json of a model's folder, with the number of tokens that the model reads. */
export class ModelTokenizer {
  /** Start and end tokens of a single text. */
  readonly specials: number;
  private pairTemplate: PairTemplate | undefined;

  constructor(
    private readonly tokenizer: Tokenizer,
    /** Tokens that the model reads of a text, its start and end tokens included. */
    readonly maxTokens: number,
  ) {
    this.specials = tokenizer.encode('').ids.length;
  }

  static async load(
    folder: string,
    maxTokens: (tokenizerConfig: Record<string, unknown>) => number,
  ): Promise<ModelTokenizer> {
    const [tokenizer, config] = await Promise.all([
      readModelJson(folder, 'tokenizer.json'),
      readModelJson(folder, 'tokenizer_config.json'),
    ]);
    return new ModelTokenizer(new Tokenizer(tokenizer, config), maxTokens(config));
  }

  /** Tokens of a piece of text without start and end tokens. */
  count(piece: string): number {
    return this.tokenizer.tokenize(piece).length;
  }

  /** Token ids with start and end tokens, cut to what the model reads. */
  encode(text: string): number[] {
    const { ids } = this.tokenizer.encode(this.readable(text));
    return ids.length <= this.maxTokens ? ids : [...ids.slice(0, this.maxTokens - 1), ids.at(-1)!];
  }

  /**
   * Two texts in one row as the tokenizer's template sets them (BERT: `[CLS] first [SEP] second [SEP]`), the longer one
   * cut from its end until both fit, as the reference's `longest_first` does.
   */
  encodePair(first: string, second: string): Encoded {
    const template = (this.pairTemplate ??= this.readPairTemplate());
    const bare = (text: string) => this.tokenizer.encode(this.readable(text), { add_special_tokens: false }).ids;
    const { before, between, after } = template;
    let [a, b] = [bare(first), bare(second)];
    const room = this.maxTokens - before.length - between.length - after.length;
    if (a.length + b.length > room) {
      const half = Math.floor(room / 2);
      // Token by token the longer one loses, until they are equal; from there on both do.
      const kept = b.length <= half ? room - b.length : Math.min(a.length, room - half);
      a = a.slice(0, kept);
      b = b.slice(0, room - a.length);
    }
    return {
      ids: [...before, ...a, ...between, ...b, ...after],
      types: [
        ...new Array<number>(before.length + a.length + between.length).fill(0),
        ...new Array<number>(b.length + after.length).fill(template.secondType),
      ],
    };
  }

  /** Read off a pair of the same single token: what stands before, between and behind. */
  private readPairTemplate(): PairTemplate {
    const token = this.tokenizer.encode('a', { add_special_tokens: false }).ids[0]!;
    const { ids, token_type_ids: types } = this.tokenizer.encode('a', { text_pair: 'a', return_token_type_ids: true });
    const [from, to] = [ids.indexOf(token), ids.lastIndexOf(token)];
    return { before: ids.slice(0, from), between: ids.slice(from + 1, to), after: ids.slice(to + 1), secondType: types[to] ?? 0 };
  }

  private readable(text: string): string {
    return text.slice(0, this.maxTokens * CHARACTERS_A_TOKEN);
  }
}

interface PairTemplate {
  before: number[];
  between: number[];
  after: number[];
  secondType: number;
}
