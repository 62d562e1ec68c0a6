import { z } from 'zod';
import type { SettingPath } from './document.js';
import type { Breach } from './rules.js';
import { settingsSchema, type Settings } from './schema.js';
import { suggest } from './suggestion.js';

export interface Mistake {
  path: SettingPath;
  message: string;
}

/**
 * Everything that is wrong with the values, and the settings where nothing is. The rules between settings are tried even
 * beside wrong ones, over what is left when those are taken out, so that nobody has to come back for them.
 */
export function checkSettings(
  values: Record<string, unknown>,
  rules: (settings: Settings) => Breach[],
): { settings: Settings | null; problems: Mistake[] } {
  const result = settingsSchema.safeParse(values);
  if (result.success) {
    const broken = rules(result.data);
    return { settings: broken.length === 0 ? result.data : null, problems: broken };
  }
  const problems = result.error.issues.flatMap(mistakesOf);
  const rest = parseWithout(values, problems);
  const broken =
    rest === null
      ? []
      : rules(rest).filter(
          ({ concerns }) => !concerns.some((path) => problems.some((problem) => overlap(path, problem.path))),
        );
  return { settings: null, problems: [...problems, ...broken] };
}

function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path as SettingPath;
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const known = namesAt(path);
  return issue.keys.map((name) => {
    const meant = suggest(name, known);
    const hint = meant === null ? `allowed here: ${known.join(', ')}` : `did you mean ${meant}?`;
    return { path: [...path, name], message: `is not a setting; ${hint}` };
  });
}

/** The names that the group of settings at `path` takes. */
function namesAt(path: SettingPath): string[] {
  let schema: z.core.$ZodType = settingsSchema;
  for (const step of path) {
    schema = unwrapped(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(step)] as z.core.$ZodType;
  }
  schema = unwrapped(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    schema = schema.def.innerType;
  return schema;
}

function parseWithout(values: Record<string, unknown>, problems: readonly Mistake[]): Settings | null {
  const rest = structuredClone(values);
  let faulty = problems.map(({ path }) => path);
  // What is missing cannot be taken out, so what it is missing from goes; each round takes at least one thing.
  while (faulty.length > 0) {
    for (const path of faulty.toReversed()) remove(rest, path);
    const result = settingsSchema.safeParse(rest);
    if (result.success) return result.data;
    faulty = result.error.issues.flatMap(mistakesOf).map(({ path }) => path.slice(0, -1));
    if (faulty.some((path) => path.length === 0)) return null;
  }
  return null;
}

function remove(values: Record<string, unknown>, path: SettingPath): void {
  let group: unknown = values;
  for (const step of path.slice(0, -1))
    group = typeof group === 'object' && group !== null ? (group as Record<string, unknown>)[String(step)] : undefined;
  const last = path.at(-1);
  // A list goes as a whole: without one item, the rules would name the others by wrong numbers.
  if (Array.isArray(group)) remove(values, path.slice(0, -1));
  else if (typeof group === 'object' && group !== null) delete (group as Record<string, unknown>)[String(last)];
}

function overlap(a: SettingPath, b: SettingPath): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((step, index) => String(step) === String(b[index]));
}
