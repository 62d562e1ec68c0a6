import {
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type { ConfigProblem } from './config.js';
import { interpolate, type Environment } from './interpolation.js';

export type SettingPath = readonly (string | number)[];

export interface Place {
  line: number;
  column: number;
}

/** A YAML file of settings, with the environment's values put in, that still knows where everything stands. */
export interface SettingsDocument {
  /** Plain data. What is null, or came out empty from an interpolation, is left out, as if it were not written. */
  values: Record<string, unknown>;
  problems: ConfigProblem[];
  /** The first line that is no YAML; what is read from there on is a guess. */
  brokenFrom: number | null;
  /** Of the setting's name, or of the nearest thing around it that is there. */
  locate(path: SettingPath): Place | null;
  /** Where the value itself stands, and the variables in it; null where the file does not have it. */
  origin(path: SettingPath): { line: number; variables: readonly string[] } | null;
}

export function readSettings(source: string, env: Environment): SettingsDocument {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };

  const problems: ConfigProblem[] = document.errors.map((error) => ({
    path: '',
    ...place(error.pos[0]),
    message: `is not valid YAML: ${error.message}`,
  }));
  const broken = document.errors
    .filter((error) => error.code !== 'DUPLICATE_KEY')
    .map((error) => place(error.pos[0]).line);

  const variablesOf = interpolateScalars(document, env, (node, index, message) => {
    const start = place(node.range![0]);
    problems.push({ path: '', line: start.line, column: start.column + index, message });
  });

  let values: Record<string, unknown> = {};
  if (document.contents !== null && !isMap(document.contents)) {
    if (!(isScalar(document.contents) && document.contents.value === null)) {
      problems.push({ path: '', line: 1, column: 1, message: 'must be settings, one "name: value" a line' });
    }
  } else {
    values = (withoutGaps(document.toJS() as unknown) ?? {}) as Record<string, unknown>;
  }

  return {
    values,
    problems,
    brokenFrom: broken.length === 0 ? null : Math.min(...broken),
    locate(path) {
      const found = find(document, path);
      const node = found.pair?.key ?? found.node;
      return hasRange(node) ? place(node.range[0]) : null;
    },
    origin(path) {
      const { node, depth } = find(document, path);
      if (depth < path.length || !hasRange(node) || (isScalar(node) && (node.value === null || node.value === EMPTY)))
        return null;
      return { line: place(node.range[0]).line, variables: variablesOf.get(node) ?? [] };
    },
  };
}

// Stands for text that an interpolation left empty, until it is taken out; no file can contain it by chance.
const EMPTY = '\u0000empty\u0000';

function interpolateScalars(
  document: Document,
  env: Environment,
  complain: (node: Node, index: number, message: string) => void,
) {
  const variablesOf = new Map<unknown, readonly string[]>();
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const { text, variables, faults } = interpolate(node.value, env);
      variablesOf.set(node, variables);
      // The offset within the text is the offset within the line only where the scalar is plain and on one line.
      for (const { index, message } of faults) complain(node, node.type === 'PLAIN' ? index : 0, message);
      node.value = text === '' ? EMPTY : text;
    },
  });
  return variablesOf;
}

function withoutGaps(value: unknown): unknown {
  if (value === null || value === EMPTY) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutGaps(item));
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withoutGaps(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

/** Walks as far along the path as the document goes. */
function find(document: Document, path: SettingPath): { node: unknown; pair: Pair | null; depth: number } {
  let node: unknown = document.contents;
  let pair: Pair | null = null;
  for (const [depth, name] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const next = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(name));
      if (next === undefined) return { node, pair, depth };
      pair = next as Pair;
      node = next.value ?? next.key;
    } else if (isSeq(node) && typeof name === 'number' && name < node.items.length) {
      pair = null;
      node = node.items[name];
    } else {
      return { node, pair, depth };
    }
  }
  return { node, pair, depth: path.length };
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
