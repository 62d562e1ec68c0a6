import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { parse } from 'yaml';
import { Failure } from '../failure.js';

export interface FoundFile {
  /** Absolute. */
  path: string;
  /** As it is shown: relative to where the command runs. */
  shown: string;
  /** Bytes. */
  size: number;
}

/** Files, folders with all below them, and globs; hidden files only where they are named. Each file once, in order. */
export async function findFiles(given: readonly string[]): Promise<{ files: FoundFile[]; missing: string[] }> {
  const found = new Map<string, FoundFile>();
  const missing: string[] = [];
  for (const path of given) {
    const paths = await expand(path);
    if (paths.length === 0) missing.push(path);
    for (const each of paths) found.set(resolve(each), { path: resolve(each), shown: each, size: (await stat(each)).size });
  }
  return { files: [...found.values()], missing };
}

async function expand(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isFile()) return [path];
  const below = stats?.isDirectory() ? { patterns: ['**/*'], cwd: path } : isDynamicPattern(path) ? { patterns: [path], cwd: '.' } : null;
  if (below === null) return [];
  const names = await glob(below.patterns, { cwd: below.cwd, onlyFiles: true, dot: false });
  return names.sort().map((name) => (below.cwd === '.' ? name : `${path.replace(/\/+$/, '')}/${name}`));
}

/** Metadata by absolute path. */
export async function readManifest(file: string): Promise<Map<string, Record<string, unknown>>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Failure(`There is no manifest "${file}".`);
  });
  const entries: unknown = parse(text);
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) throw new Failure(`The manifest "${file}" must map paths to metadata.`);
  return new Map(Object.entries(entries).map(([path, metadata]) => [resolve(dirname(file), path), metadata as Record<string, unknown>]));
}

/** `key=value` pairs; a value that is JSON is taken as such: `year=2021` is a number, `tags=["a"]` a list. */
export function readPairs(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Failure(`"${pair}" is no metadata: write key=value.`);
      return [pair.slice(0, at), valueOf(pair.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // no JSON, hence a plain text
  }
}
