import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { coerceInputValue, type GraphQLInputType } from 'graphql';
import { z } from 'zod';
import { badInput, notFound } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import { isUuid } from '../../domain/ids.js';
import type { DataObjectFilterInput } from '../../graphql/filters/filter.inputs.js';
import { toObjectFilter } from '../../graphql/filters/filter.mapping.js';
import { buildStrataSchema } from '../../graphql/schema.js';
import { AGGREGATION, HASH, MODEL, partsOf, placeOf, read, TENANT } from '../../cli/moving/export-lines.js';
import { EXPORT_FORMAT, type ExportedObject } from '../../services/moving/export.service.js';
import type { App } from '../compose.js';
import { programVersion } from '../program-version.js';
import { parsedJson } from './parsed-json.js';

const place = z.object({ tenantId: z.string(), id: z.string().refine(isUuid, 'an id is a UUID') }).nullable().default(null);
const exportPage = z.object({ tenantId: z.string().nullable().default(null), filter: z.looseObject({}).nullable().default(null), vectors: z.boolean().default(true), after: place });
const contentName = z.object({ tenantId: TENANT, contentHash: HASH });
const importHead = z.object({ tenantId: TENANT, models: z.array(MODEL, { error: 'the list of the models that vectors are of' }) });

/** What an export begins with. */
export const about = ({ moving }: App) => ({ format: EXPORT_FORMAT, version: programVersion(), models: moving.exports.models() });

/** A page of objects or aggregations, a JSON line each, and last `{"next": …}`. */
export async function exportObjects({ moving }: App, body: unknown): Promise<Readable> {
  const { tenantId, filter, vectors, after } = parsed(exportPage, body);
  const { objects, next } = await moving.exports.objects({ tenantId, filter: filterOf(filter), vectors }, after);
  return lines([...objects, { next }]);
}

export async function exportAggregations({ moving }: App, body: unknown): Promise<Readable> {
  const { tenantId, after } = parsed(exportPage, body);
  const { aggregations, next } = await moving.exports.aggregations(tenantId, after);
  return lines([...aggregations, { next }]);
}

/** @param rest `<tenant>/<hash>` */
export async function exportBytes({ deps }: App, rest: string): Promise<Readable> {
  const { tenantId, contentHash } = contentOf(rest);
  const [blob] = await deps.database.transaction((tx) => tx.blobs.lock(tenantId, [contentHash]));
  if (blob === undefined) throw notFound('content', contentHash);
  return (await deps.objectStore.get(blob.storageKey)).stream;
}

/** A line that says `{tenantId, models}`, then an object a line. Answers counts, or the contents whose bytes are to be sent first. */
export async function importObjects({ moving }: App, body: Readable): Promise<Readable> {
  const [first, ...rest] = await readLines(body);
  const { tenantId, models } = lineOf(importHead, first, 1);
  const parts = partsOf(models);
  const seen = new Set<string>();
  // All of them, before anything is taken in.
  const objects = rest.map((value, index): ExportedObject => {
    const line = index + 2;
    const each = lineOf(parts, value, line);
    if (each.object.tenantId !== tenantId) throw wrongLine(line, ['object', 'tenantId'], `is "${each.object.tenantId}"; it must be "${tenantId}", which the first line names.`);
    if (seen.has(each.object.id)) throw wrongLine(line, ['object', 'id'], `is "${each.object.id}"; it must be one that no line before it has.`);
    seen.add(each.object.id);
    return each;
  });
  return lines([await moving.imports.objects(tenantId, objects, models)]);
}

export async function importAggregations({ moving }: App, body: Readable): Promise<Readable> {
  const aggregations = (await readLines(body)).map((value, index) => lineOf(AGGREGATION, value, index + 1));
  return lines([{ added: await moving.imports.aggregations(aggregations) }]);
}

export async function importBytes({ moving }: App, rest: string, body: Readable, signal: AbortSignal): Promise<Readable> {
  const { tenantId, contentHash } = contentOf(rest);
  await moving.imports.stage(tenantId, contentHash, body, signal);
  return lines([{ staged: contentHash }]);
}

function contentOf(rest: string): { tenantId: string; contentHash: string } {
  const [tenant = '', contentHash = ''] = rest.split('/');
  const named = read(contentName, { tenantId: tenant, contentHash });
  if (named.value === null) throw badInput(`The content's name is wrong: ${placeOf(named.fault.path)} ${named.fault.says}`);
  return named.value;
}

function lineOf<Value>(schema: z.ZodType<Value>, value: unknown, line: number): Value {
  const { value: right, fault } = read(schema, value);
  if (fault !== null) throw wrongLine(line, fault.path, fault.says);
  return right;
}

const wrongLine = (line: number, path: readonly (string | number)[], says: string) => badInput(`Line ${line} of the body is wrong: ${placeOf(path) || 'it'} ${says} Nothing of these lines was taken in.`, path);

/** Built at the first need, and once: an export asks for many pages. */
let filterType: GraphQLInputType | undefined;

/** As the API takes it, with everything that the API refuses. */
function filterOf(input: object | null): ObjectFilter | null {
  if (input === null) return null;
  filterType ??= buildStrataSchema().schema.getType('DataObjectFilter') as GraphQLInputType;
  const value = coerceInputValue(input, filterType, (path, _value, error) => {
    throw badInput(`The filter is wrong${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${error.message}`);
  }) as DataObjectFilterInput;
  return toObjectFilter(value, ['filter']) ?? null;
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw badInput(`The request is wrong${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${message}.`);
}

const lines = (values: readonly object[]): Readable =>
  Readable.from(
    (function* () {
      for (const value of values) yield `${JSON.stringify(value)}\n`;
    })(),
    { objectMode: false },
  );

async function readLines(body: Readable): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const line of createInterface({ input: body, crlfDelay: Infinity })) if (line !== '') values.push(parsedJson(line, `Line ${values.length + 1} of the body`));
  return values;
}

