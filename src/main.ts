import 'reflect-metadata';
import { run } from './cli/program.js';
import { commandContext } from './app/command-context.js';

process.exitCode = await run(process.argv.slice(2), commandContext);
