import { readFile, writeFile } from 'node:fs/promises';
import { buildStrataSchema } from './schema.js';

/** `print-schema [--check] FILE`: writes the schema, or exits with 1 where the file differs from it. */
const args = process.argv.slice(2);
const check = args.includes('--check');
const file = args.find((arg) => !arg.startsWith('--')) ?? 'schema.graphql';
const { sdl } = buildStrataSchema();

if (!check) {
  await writeFile(file, sdl);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== sdl) {
  process.stderr.write(`${file} is not current. Run "npm run schema".\n`);
  process.exitCode = 1;
}
