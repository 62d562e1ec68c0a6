import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * PGlite's modules, kept for as long as this process of tests lives. It opens and ends some dozens of databases, and V8, which shares a
 * module's code among threads, may end the process where the last of them frees it (nodejs/node#64500). The program has one database.
 */
const kept = globalThis as { pgliteModules?: Promise<unknown> };
const folder = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'));
kept.pgliteModules ??= Promise.all(['pglite.wasm', 'initdb.wasm'].map((file) => WebAssembly.compile(readFileSync(join(folder, file)))));
