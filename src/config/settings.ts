import { z } from 'zod';

/**
 * The kinds of value that a setting can have. Each says in one sentence what it takes, so that whoever wrote something
 * else reads what would be right. Numbers and truth values may come as text, because the environment has nothing else.
 */

export const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

export function text(options: { pattern?: RegExp; allowed?: string; minLength?: number; secret?: boolean } = {}) {
  const { pattern, allowed = 'text', minLength = 1, secret = false } = options;
  return setting(allowed, secret, (value) => {
    if (typeof value !== 'string')
      return typeof value === 'number' || typeof value === 'boolean'
        ? fault('put it in quotes to make it text')
        : undefined;
    if (value.length < minLength) return fault(`it has ${value.length} of at least ${minLength} characters`);
    return pattern === undefined || pattern.test(value) ? value : undefined;
  });
}

export function integer(min: number, max: number) {
  return setting(`a whole number from ${min} to ${max}`, false, (value) => {
    const number = numberOf(value);
    return Number.isSafeInteger(number) && number! >= min && number! <= max ? number : undefined;
  });
}

export function fraction(min = 0) {
  return setting(`a number from ${min} to 1`, false, (value) => {
    const number = typeof value === 'string' && /^[0-9]*\.?[0-9]+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && number >= min && number <= 1 ? number : undefined;
  });
}

export function flag() {
  return setting('true or false', false, (value) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  });
}

export function choice<const Option extends string>(options: readonly Option[]) {
  return setting(`one of ${options.join(', ')}`, false, (value) => options.find((option) => option === value));
}

/** Bytes: a number, or a number with a unit (`100MB`, `5GiB`). */
export function size(min: number, max: number) {
  return setting(
    `a size from ${formatSize(min)} to ${formatSize(max)}, such as 5GiB, 100MB or a number of bytes`,
    false,
    (value) => {
      const bytes = typeof value === 'string' ? parseSize(value) : typeof value === 'number' ? value : undefined;
      return Number.isSafeInteger(bytes) && bytes! >= min && bytes! <= max ? bytes : undefined;
    },
  );
}

/** An address without query and fragment, given back without a slash at the end. */
export function webAddress() {
  return setting('an address such as https://example.org', false, (value) => {
    if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
    const url = new URL(value);
    if (!['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') return undefined;
    return value.replace(/\/+$/, '');
  });
}

/** A group of settings. Everything in it has a default or is optional, so that it may be left out. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: notASection });
}

export function list<Item extends z.ZodType>(item: Item, of: string) {
  return z.array(item, { error: ({ input }) => `must be a list of ${of}, is ${show(input)}` });
}

function notASection(issue: { code?: string; input?: unknown }): string | undefined {
  return issue.code === 'invalid_type'
    ? `must be a group of settings (name: value), is ${show(issue.input)}`
    : undefined;
}

export function parseSize(written: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?i?B?)\s*$/i.exec(written);
  if (match === null) return undefined;
  const unit = match[2]!.toUpperCase();
  // "5G" and "5Gi" are what other programs accept; the first is taken as decimal, as its letter says.
  const factor = unit === '' ? 1 : (SIZE_UNITS[unit] ?? SIZE_UNITS[`${unit}B`]);
  return factor === undefined ? undefined : Math.round(Number(match[1]) * factor);
}

export function formatSize(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB']) {
    const factor = SIZE_UNITS[unit.toUpperCase()]!;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}

export function show(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of settings';
  const written = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
}

class Fault {
  constructor(readonly reason: string) {}
}
const fault = (reason: string) => new Fault(reason);

/** `read` answers undefined where the value is not allowed, and a fault where it can say more than that. */
function setting<Value>(allowed: string, secret: boolean, read: (value: unknown) => Value | Fault | undefined) {
  return z.unknown().transform((value, context): Value => {
    const result = read(value);
    if (result !== undefined && !(result instanceof Fault)) return result;
    const found =
      result instanceof Fault ? result.reason : `it is ${secret && typeof value === 'string' ? 'not' : show(value)}`;
    context.issues.push({
      code: 'custom',
      input: value,
      message: value === undefined ? `is missing; it must be ${allowed}` : `must be ${allowed}; ${found}`,
    });
    return z.NEVER;
  });
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
}
