import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Compiling the same thousand modules is a third of every start. Beside the program rather than in a folder that all users of
// the machine can write to; where the program's own cannot be written, nothing is kept and nothing is lost.
enableCompileCache(fileURLToPath(new URL('../.cache/compiled', import.meta.url)));

await import('reflect-metadata');
const [{ run }, { commandContext }] = await Promise.all([import('./cli/program.js'), import('./app/command-context.js')]);
process.exitCode = await run(process.argv.slice(2), commandContext);
