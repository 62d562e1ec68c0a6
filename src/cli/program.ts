import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ClientOptions, CommandContext, SettingOptions, WorkOptions } from './context.js';
import { Failure, Interruption, UsageFailure } from './failure.js';
import type { DataType, DuplicateTier } from './generated/graphql.js';

/** 0: done. 1: something failed, and standard error says what. 2: the command was typed wrongly. 128 + signal: interrupted. */
type ExitCode = number;

const WRONGLY_TYPED = 2;
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

/** The commands, each loaded when it is called, so that none waits for what another needs. */
export async function run(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command('strata')
    .description('A GraphQL data layer for multi-modal data.')
    .version(context.version)
    .showHelpAfterError('(strata --help says more)')
    .addHelpText('after', '\nExit codes: 0 done, 1 something failed, 2 wrongly typed.')
    .exitOverride();
  const commandOf = (parent: Command, spec: string, description: string) =>
    parent
      .command(spec)
      .description(description)
      .option('--data-dir <folder>', 'the folder that holds everything the embedded parts keep (default: ./.strata)')
      .option('--config <file>', 'the configuration (default: ./data_layer.yaml, where there is one)');
  const command = (spec: string, description: string) => commandOf(program, spec, description);
  const client = (spec: string, description: string) =>
    command(spec, description).option(
      '--server <address>',
      'the server to go to, with the key of STRATA_API_KEY (default: that of STRATA_SERVER; otherwise the one that has the data folder open, or one for as long as it takes)',
    );
  /** What a search asks. */
  const asking = (parent: Command, like: string) =>
    parent
      .option('--type <types>', 'nothing but TEXT, IMAGE, AUDIO, VIDEO or DOCUMENT; several with commas', dataTypes)
      .option('--alpha <share>', '0: words alone; 1: meaning alone', numberBetween(0, 1))
      .addOption(new Option('--mode <mode>', 'which legs run').choices(['hybrid', 'vector', 'keyword']))
      .option('--filter <filter>', 'a DataObjectFilter as JSON, or conditions on metadata such as year=2021,place=tower')
      .option('--like <example>', like)
      .addOption(
        new Option('--term <weight:what>', 'more to draw near to, words or an object\'s id, or with a weight below 0 to push away from: 0.5:harbour, -1:night; may be repeated')
          .default([], 'none')
          .argParser((value: string, all: string[]) => [...all, value]),
      )
      .option('--model <name>', 'the vectors of this model alone')
      .option('--min-vector-score <cosine>', 'leave out of the vectors\' part what has a lower cosine', numberBetween(-1, 1));
  const action =
    <Args extends unknown[]>(work: (...given: Args) => Promise<number | void>) =>
    async (...given: Args) => {
      exitCode = (await work(...given)) ?? 0;
    };

  command('serve', 'start the server; it prints one line once it is ready')
    .option('--port <number>', 'the port to listen on; 0 takes a free one')
    .option('--host <address>', 'the address to listen on')
    .option('--no-jobs', 'take no jobs: "strata worker" does them')
    .action(action(async (options: SettingOptions) => (await import('./commands/serve.js')).serve(context, options)));

  command('worker', 'do jobs in a process of its own, beside any number of others; PostgreSQL and a bucket are needed')
    .addOption(new Option('--concurrency <count>', 'batches of jobs at once').argParser(wholeNumberBetween(1, 1_000)))
    .addOption(new Option('--kinds <kinds>', 'nothing but these, with commas: ingest, annotate').argParser(jobKinds))
    .addOption(new Option('--port <number>', 'answer /healthz, /readyz and /metrics on this port; 0 takes a free one').argParser(wholeNumberBetween(0, 65_535)))
    .option('--host <address>', 'the address to answer on')
    .action(action(async (options: WorkOptions) => (await import('./commands/worker.js')).worker(context, options)));

  command('migrate', 'bring the database up to date and end; "serve" and "worker" do so themselves, too').action(
    action(async (options: SettingOptions) => (await import('./commands/migrate.js')).migrate(context, options)),
  );

  client('ingest <paths...>', 'take in files, folders (with all below them) and globs; what is there already is skipped')
    .addOption(
      new Option('-m, --metadata <key=value>', 'metadata for every file; may be repeated; values are JSON where they parse, text where they do not')
        .default([], 'none')
        .argParser((value: string, all: string[]) => [...all, value]),
    )
    .option('--manifest <file>', 'YAML or JSON: metadata by path, relative to the manifest')
    .option('--no-wait', 'do not wait until the files are processed')
    .action(action(async (paths: string[], options) => (await import('./commands/ingest.js')).ingest(context, paths, options)));

  asking(client('search [query]', 'find by meaning and by words'), 'find what is like this object, or like this file, of which nothing is kept')
    .option('--diversity <share>', '0: by relevance alone, to 1: by unlikeness to what stands above', numberBetween(0, 1))
    .option('--rerank', 'let the cross-encoder of embedding.reranker order the first results')
    .option('--no-rerank', 'do not, though it is configured as the default')
    .addOption(new Option('-n, --first <count>', 'how many').default(10).argParser(wholeNumberBetween(1, 500)))
    .option('--explain', 'say how each leg scored')
    .option('--json', 'print the answer as JSON')
    .action(action(async (query: string | undefined, options) => (await import('./commands/search.js')).search(context, query, options)));

  client('recommend <liked...>', 'find what is like these objects, by their ids')
    .option('--dislike <ids...>', 'and unlike these')
    .option('--type <types>', 'nothing but TEXT, IMAGE, AUDIO, VIDEO or DOCUMENT; several with commas', dataTypes)
    .option('--filter <filter>', 'a DataObjectFilter as JSON, or conditions on metadata such as year=2021,place=tower')
    .option('--diversity <share>', '0: by relevance alone, to 1: by unlikeness to what stands above', numberBetween(0, 1))
    .addOption(new Option('-n, --first <count>', 'how many').default(10).argParser(wholeNumberBetween(1, 500)))
    .option('--explain', 'say how near each is, and what each of the liked and disliked comes to')
    .option('--json', 'print the answer as JSON')
    .action(action(async (liked: string[], options) => (await import('./commands/recommend.js')).recommend(context, liked, options)));

  client('get <id>', 'show an object; --output saves its bytes')
    .option('-o, --output <file>', 'save the original bytes; "-" for standard output')
    .option('--text', 'print what could be read out of it')
    .option('--json', 'print the answer as JSON')
    .action(action(async (id: string, options) => (await import('./commands/get.js')).get(context, id, options)));

  client('rm <ids...>', 'put objects into the bin; --purge removes them for good')
    .option('--purge', 'for good: bytes, rows, vectors')
    .action(action(async (ids: string[], options) => (await import('./commands/rm.js')).rm(context, ids, options)));

  asking(client('searches <action> [args...]', 'searches that are kept, and tell what they find: list, save NAME [QUERY], delete ID…'), 'find what is like this object')
    .option('--json', 'print the answer as JSON')
    .action(action(async (verb: string, args: string[], options) => (await import('./commands/searches.js')).searches(context, verb, args, options)));

  client('duplicates [ids...]', 'list what is there more than once; --merge KEEP ID… makes one of several')
    .option('--tier <tiers>', 'nothing but bytes, decoded, perceptual or semantic; several with commas', duplicateTiers)
    .option('--min-similarity <share>', '0 to 1', numberBetween(0, 1))
    .addOption(new Option('-n, --first <count>', 'how many groups').default(20).argParser(wholeNumberBetween(1, 500)))
    .option('--merge', 'keep the first of these objects: it gets what people said of the others, which go to the bin')
    .option('--json', 'print the answer as JSON')
    .action(action(async (ids: string[], options) => (await import('./commands/duplicates.js')).duplicates(context, ids, options)));

  client('objects <action> [prefix]', 'ls PREFIX: the keys under which objects are stored')
    .option('--json', 'print the answer as JSON')
    .action(action(async (verb: string, prefix: string | undefined, options) => (await import('./commands/objects.js')).objects(context, verb, prefix, options)));

  client('reindex', 'move vectors into another store, whose settings are in the configuration, while the server runs or not')
    .addOption(new Option('--to <store>', 'where to').choices(['weaviate', 'chroma', 'pinecone', 'pgvector']))
    .option('--model <names...>', 'nothing but the vectors of these models')
    .option('--re-embed', 'compute every vector again instead of copying it')
    .addOption(new Option('--batch <count>', 'passages at once').default(200).argParser(wholeNumberBetween(1, 1_000)))
    .option('--no-switch', 'go on answering from the old store until the configuration chooses the new one')
    .option('--cancel', 'end a move that has begun; what was moved stays where it is')
    .action(action(async (options) => (await import('./commands/reindex.js')).reindex(context, options)));

  client('model-change <action> [model]', 'change the embedding model while everything goes on: estimate MODEL, start MODEL, watch, cut-over, roll-back, clean-up, abort, status')
    .option('--from <model>', 'the model to leave (default: the one in use that embeds the same)')
    .option('--beside', 'the new model comes beside those in use; none is left')
    .option('--accept-failures', 'cut over though some objects could not be embedded with the new model')
    .option('--no-wait', 'what is begun goes on in the server; "watch" follows it')
    .action(action(async (verb: string, model: string | undefined, options) => (await import('./commands/model-change.js')).modelChange(context, verb, model, options)));

  client('export <folder>', 'write objects, annotations, aggregations, vectors and bytes into a folder, for another installation')
    .option('--tenant <name>', 'nothing but this tenant')
    .option('--filter <filter>', 'a DataObjectFilter as JSON, or conditions on metadata such as year=2021,place=tower')
    .option('--no-bytes', 'leave the bytes out')
    .option('--no-vectors', 'leave the vectors out: objects are processed anew where they are imported')
    .action(action(async (folder: string, options) => (await import('./commands/export.js')).exportTo(context, folder, options)));

  client('import <folder>', 'take in what "strata export" wrote; what is there already stays as it is')
    .option('--tenant <name>', 'all into this tenant')
    .action(action(async (folder: string, options) => (await import('./commands/import.js')).importFrom(context, folder, options)));

  client('backup <file>', 'copy the data folder into a tar file, while the server runs or not').action(
    action(async (file: string, options: ClientOptions) => (await import('./commands/backup.js')).backup(context, file, options)),
  );

  command('restore <file>', 'make a new data folder out of a backup; --data-dir names it').action(
    action(async (file: string, options: SettingOptions) => (await import('./commands/restore.js')).restore(context, file, options)),
  );

  const models = program.command('models').description('the models that find by meaning: what is here, and more of them');
  commandOf(models, 'list', 'the models that are here, and those that could be')
    .option('--json', 'print them as JSON')
    .action(action(async (options) => (await import('./commands/models-list.js')).modelsList(context, options)));
  commandOf(models, 'pull <source>', 'load a model from a hub: a known name, or ORG/REPO, either with @REVISION behind it')
    .option('--as <name>', 'keep it under another name')
    .option('--weights <file>', 'which of its weights, where there are several: onnx/model_quantized.onnx')
    .action(action(async (source: string, options) => (await import('./commands/models-pull.js')).modelsPull(context, source, options)));

  command('config', 'print the resolved configuration, secrets masked').action(
    action(async (options: SettingOptions) => {
      process.stdout.write(context.describe(options));
    }),
  );

  command('doctor', 'check every part and say how to mend it')
    .option('--fix', 'first make what is missing: the bucket, and the rules that let web pages upload to it')
    .option('--json', 'print the findings as JSON')
    .action(action(async (options) => (await import('./commands/doctor.js')).doctor(context, options)));

  // Whoever reads may have read enough: `strata search … | head -1`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): ExitCode {
  // It has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONGLY_TYPED;
  process.stderr.write(`strata: ${Failure.messageOf(error)}\n`);
  if (error instanceof Interruption) return INTERRUPTED[error.signal];
  return error instanceof UsageFailure ? WRONGLY_TYPED : 1;
}

/** Several of a kind, with commas, in whatever case. */
const someOf = <Kind extends string>(known: readonly Kind[]) => (given: string): Kind[] =>
  given.split(',').map((each) => {
    const kind = known.find((one) => one === each.trim().toUpperCase());
    if (kind === undefined) throw new InvalidArgumentError(`Allowed: ${known.join(', ')}.`);
    return kind;
  });

const dataTypes = someOf<DataType>(['TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'DOCUMENT']);
const duplicateTiers = someOf<DuplicateTier>(['BYTES', 'DECODED', 'PERCEPTUAL', 'SEMANTIC']);

const JOB_KINDS = ['ingest', 'annotate'];

function jobKinds(given: string): string[] {
  const kinds = given.split(',').map((each) => each.trim());
  if (kinds.some((kind) => !JOB_KINDS.includes(kind))) throw new InvalidArgumentError(`Allowed: ${JOB_KINDS.join(', ')}.`);
  return [...new Set(kinds)];
}

const numberBetween = (least: number, most: number, isAllowed: (value: number) => boolean = Number.isFinite) => (given: string): number => {
  const value = given.trim() === '' ? NaN : Number(given);
  if (!isAllowed(value) || value < least || value > most) throw new InvalidArgumentError(`Allowed: ${least} to ${most}.`);
  return value;
};

const wholeNumberBetween = (least: number, most: number) => numberBetween(least, most, Number.isInteger);
