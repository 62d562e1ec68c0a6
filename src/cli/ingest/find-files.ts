import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { parse } from 'yaml';
import { Failure, UsageFailure } from '../failure.js';

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
    for (const each of paths) {
      const stats = await statIfThere(each);
      if (stats === null) missing.push(each); // a link that leads nowhere
      else found.set(resolve(each), { path: resolve(each), shown: each, size: stats.size });
    }
  }
  return { files: [...found.values()], missing };
}

async function expand(path: string): Promise<string[]> {
  const stats = await statIfThere(path);
  if (stats?.isFile()) return [path];
  if (stats?.isDirectory()) {
    const names = await glob(['**/*'], { cwd: path, onlyFiles: true, dot: false });
    return names.sort().map((name) => `${path.replace(/\/+$/, '')}/${name}`);
  }
  return isDynamicPattern(path) ? (await glob([path], { onlyFiles: true, dot: false })).sort() : [];
}

const statIfThere = (path: string) => stat(path).catch(() => null);

/** Metadata by absolute path. YAML, of which JSON is a part. */
export async function readManifest(file: string): Promise<Map<string, Record<string, unknown>>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Failure(`There is no manifest "${file}".`);
  });
  const entries = parsed(file, text);
  if (!isRecord(entries)) throw new Failure(`The manifest "${file}" must map paths to metadata.`);
  return new Map(
    Object.entries(entries).map(([path, metadata]) => {
      if (!isRecord(metadata)) throw new Failure(`The manifest "${file}" gives no key-value pairs for "${path}".`);
      return [resolve(dirname(file), path), metadata];
    }),
  );
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Failure(`The manifest "${file}" is no YAML: ${(error as Error).message}`);
  }
}

/** `key=value` pairs; a value that is JSON is taken as such: `year=2021` is a number, `tags=["a"]` a list. */
export function readPairs(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageFailure(`"${pair}" is no pair: write key=value.`);
      return [pair.slice(0, at).trim(), valueOf(pair.slice(at + 1).trim())];
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

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
