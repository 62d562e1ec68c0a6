import { basename, resolve } from 'node:path';
import { StrataError } from '../../domain/errors.js';
import type { Reranker, RerankOptions } from '../../ports/reranker.port.js';
import type { Fingerprints } from './fingerprints.js';
import { cannotRun, readModelFolder, type ModelFolder } from './model-folder.js';
import { LAYOUTS } from './model-layout.js';
import type { ModelWorkers } from './model-workers.js';
import type { ModelFiles } from './model.messages.js';

const SETTING = 'embedding.reranker.path';

/** English has four characters a token. */
const CHARACTERS_A_TOKEN = 4;
const MOST_TOKENS_A_PAIR = 512;
/** Pairs in one message to a worker: enough messages that every thread has some, and few enough of them. */
const PAIRS_A_TASK = 4;

/**
 * Looks through the folder of the model that re-ranks, as through every other model's.
 * @throws NOT_CONFIGURED with one sentence that says what is missing, damaged, or that it is a model of another kind
 */
export async function readRerankerFolder(path: string, fingerprints: Fingerprints): Promise<ModelFolder> {
  const folder = resolve(path);
  const name = basename(folder);
  const found = await readModelFolder(name, folder, fingerprints, SETTING);
  if (found.kind !== 'onnx-cross-encoder') throw cannotRun(name, `${SETTING} names it, and it is no cross-encoder (${LAYOUTS[found.kind].title}).`, SETTING);
  return found;
}

/** A cross-encoder through onnxruntime, in the threads that the other models run in. */
export class OnnxCrossEncoderReranker implements Reranker {
  private constructor(
    private readonly model: ModelFiles,
    private readonly workers: Pick<ModelWorkers, 'run'>,
    readonly revision: string,
  ) {}

  /** @param folder as `readRerankerFolder` has it */
  static over({ files, revision }: ModelFolder, workers: Pick<ModelWorkers, 'run'>): OnnxCrossEncoderReranker {
    return new OnnxCrossEncoderReranker(files, workers, revision);
  }

  get name(): string {
    return this.model.name;
  }

  async score(query: string, texts: readonly string[], { priority = 'ingest', signal }: RerankOptions = {}): Promise<number[]> {
    const groups = Array.from({ length: Math.ceil(texts.length / PAIRS_A_TASK) }, (_, i) => texts.slice(i * PAIRS_A_TASK, (i + 1) * PAIRS_A_TASK));
    const logits = await Promise.all(
      groups.map((group) => {
        const pairs = group.map((text) => [query, text] as const);
        return this.workers.run({ op: 'score', model: this.model, pairs }, { urgent: priority === 'query', cost: costOf(pairs), ...(signal && { signal }) });
      }),
    );
    return logits.flatMap((each) => Array.from(each, sigmoid));
  }

  /** Runs it once: what its files cannot tell. */
  async check(): Promise<void> {
    await this.score('a question', ['an answer']).catch((error: unknown) => {
      throw new StrataError('NOT_CONFIGURED', `The model "${this.name}" of ${SETTING} cannot be run as a cross-encoder. ${reasonOf(error)}`, { cause: error, extensions: { feature: `The model "${this.name}"`, setting: SETTING } });
    });
  }

  /** The threads are others' as well, and end with them. */
  async close(): Promise<void> {}
}

const costOf = (pairs: readonly (readonly [string, string])[]) =>
  pairs.reduce((sum, [query, text]) => sum + Math.min(MOST_TOKENS_A_PAIR, 3 + (query.length + text.length) / CHARACTERS_A_TOKEN), 0);

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
