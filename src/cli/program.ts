import { Command, CommanderError, Option } from 'commander';
import type { CommandContext, SettingOptions } from './context.js';
import { Failure } from './failure.js';

/** The commands, each loaded when it is called, so that none waits for what another needs. @returns the exit code */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = 0;
  const program = new Command('strata')
    .description('A GraphQL data layer for multi-modal data.')
    .version(context.version)
    .showHelpAfterError('(strata --help says more)')
    .exitOverride();
  const command = (spec: string, description: string) =>
    program
      .command(spec)
      .description(description)
      .option('--data-dir <folder>', 'the folder that holds everything the embedded parts keep (default: ./.strata)')
      .option('--config <file>', 'the configuration (default: ./data_layer.yaml, where there is one)');
  const action =
    <Args extends unknown[]>(work: (...given: Args) => Promise<number | void>) =>
    async (...given: Args) => {
      exitCode = (await work(...given)) ?? 0;
    };

  command('serve', 'start the server; it prints one line once it is ready')
    .option('--port <number>', 'the port to listen on; 0 takes a free one')
    .option('--host <address>', 'the address to listen on')
    .action(action(async (options: SettingOptions) => (await import('./commands/serve.js')).serve(context, options)));

  command('ingest <paths...>', 'take in files, folders (with all below them) and globs; what is there already is skipped')
    .option('-m, --metadata <key=value>', 'metadata for every file; may be repeated; values are JSON where they parse, text where they do not', collect, [])
    .option('--manifest <file>', 'YAML or JSON: metadata by path, relative to the manifest')
    .option('--no-wait', 'do not wait until the files are processed')
    .action(action(async (paths: string[], options) => (await import('./commands/ingest.js')).ingest(context, paths, options)));

  command('search [query]', 'find by meaning and by words')
    .option('--type <types>', 'nothing but TEXT, IMAGE, AUDIO, VIDEO or DOCUMENT; several with commas')
    .option('--alpha <share>', '0: words alone; 1: meaning alone')
    .addOption(new Option('--mode <mode>', 'which legs run').choices(['hybrid', 'vector', 'keyword']))
    .option('--filter <json>', 'a DataObjectFilter as JSON, or conditions on metadata such as year=2021,place=tower')
    .option('--like <id or file>', 'find what is like this object, or like this file once it is taken in')
    .option('-n, --first <count>', 'how many', '10')
    .option('--json', 'print the answer as JSON')
    .action(action(async (query: string | undefined, options) => (await import('./commands/search.js')).search(context, query, options)));

  command('get <id>', 'show an object; --output saves its bytes')
    .option('-o, --output <file>', 'save the original bytes; "-" for standard output')
    .option('--text', 'print what could be read out of it')
    .option('--json', 'print the answer as JSON')
    .action(action(async (id: string, options) => (await import('./commands/get.js')).get(context, id, options)));

  command('rm <ids...>', 'put objects into the bin; --purge removes them for good')
    .option('--purge', 'for good: bytes, rows, vectors')
    .action(action(async (ids: string[], options) => (await import('./commands/rm.js')).rm(context, ids, options)));

  command('objects <action> [prefix]', 'ls PREFIX: the keys under which objects are stored')
    .option('--json', 'print the answer as JSON')
    .action(action(async (verb: string, prefix: string | undefined, options) => (await import('./commands/objects.js')).objects(context, verb, prefix, options)));

  command('config', 'print the resolved configuration, secrets masked').action(
    action(async (options: SettingOptions) => {
      process.stdout.write(context.describe(options));
    }),
  );

  command('doctor', 'check every part and say how to mend it')
    .option('--json', 'print the findings as JSON')
    .action(action(async (options) => (await import('./commands/doctor.js')).doctor(context, options)));

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`strata: ${Failure.messageOf(error)}\n`);
    return 1;
  }
  return exitCode;
}

const collect = (value: string, all: string[]): string[] => [...all, value];
