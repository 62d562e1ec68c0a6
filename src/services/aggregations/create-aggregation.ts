import { v7 as uuidv7 } from 'uuid';
import { badInput, notFound } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { Aggregation, Json, JsonObject, Viewer } from '../../domain/model.js';
import type { CreateAggregation } from '../../domain/operations.js';
import { requireStorableJson } from '../../domain/storable-json.js';
import type { Transaction } from '../../ports/database.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { MOST_IDS, requireAtMost, requireBoundedFilter } from '../shared/id-lists.js';
import { idempotentRequest, once } from '../shared/idempotency.js';
import { computeFigures, type ComputedType } from './figures.js';
import { readMetadataPath, readParameters } from './parameters.js';

type Sources = { objectIds: string[] } | { filter: ObjectFilter };

/** Chosen, recorded and computed in one transaction: the figures are those of the very objects that are recorded. */
export async function createAggregation(deps: Pick<ServiceDependencies, 'database'>, viewer: Viewer, input: CreateAggregation): Promise<Aggregation> {
  const { idempotencyKey, ...asked } = input;
  const parameters = readParameters(input.type, input.parameters);
  if (input.type === 'METADATA_STATISTICS') readMetadataPath(String(parameters.path));
  const given = readResult(input);
  const sources = readSources(input);
  const { aggregations } = deps.database;

  return once(deps.database, viewer, idempotentRequest('createAggregation', idempotencyKey, JSON.parse(JSON.stringify(asked)) as object), {
    async answer(response) {
      const [made] = await aggregations.findByIds(viewer.tenantId, [String(response)]);
      if (made === undefined) throw notFound('Aggregation', String(response), ['input', 'idempotencyKey']);
      return made;
    },
    work: (remember) =>
      deps.database.transaction(async (tx) => {
        const id = uuidv7();
        await tx.aggregations.insert({ id, tenantId: viewer.tenantId, type: input.type, parameters, createdBy: viewer.id }, asJson(sources));
        await tx.idempotency.insert(viewer.tenantId, remember(id));
        const count = await recordSources(tx, viewer, id, sources);
        const result = input.type === 'CUSTOM' ? given! : await computeFigures(input.type as ComputedType, tx.aggregations, id, parameters);
        return tx.aggregations.finish(viewer.tenantId, id, count, result);
      }),
  });
}

/** The client's own figures: of CUSTOM, and of nothing else. */
function readResult({ type, result }: CreateAggregation): Json | null {
  const path = ['input', 'result'];
  if (type !== 'CUSTOM') {
    if (result != null) throw badInput(`The server computes ${type} itself. Leave "result" out, or choose the type CUSTOM.`, path);
    return null;
  }
  if (result == null) throw badInput('CUSTOM stores the figures that you computed. Give them as "result".', path);
  requireStorableJson(result, 'The result', path);
  return result;
}

function readSources({ objectIds, filter }: CreateAggregation): Sources {
  if ((objectIds == null) === (filter == null)) throw badInput('Give either "objectIds" or "filter": one of them, not both.', ['input', 'objectIds']);
  if (filter != null) {
    requireBoundedFilter(filter, ['input', 'filter']);
    requireStorableJson(asJson(filter), 'The filter', ['input', 'filter']);
    return { filter };
  }
  const path = ['input', 'objectIds'];
  requireAtMost(MOST_IDS, objectIds!.length, 'objectIds', path);
  if (objectIds!.length === 0) throw badInput('"objectIds" is empty. Name at least one object.', path);
  return { objectIds: [...new Set(objectIds)] };
}

/** @throws NOT_FOUND at the first id that is not there */
async function recordSources(tx: Transaction, viewer: Viewer, id: string, sources: Sources): Promise<number> {
  const count = await tx.aggregations.recordSources(viewer.tenantId, id, sources);
  if ('objectIds' in sources && count < sources.objectIds.length) {
    const found = new Set((await tx.objects.findByIds(viewer.tenantId, sources.objectIds)).map((object) => object.id));
    const index = sources.objectIds.findIndex((objectId) => !found.has(objectId));
    throw notFound('DataObject', sources.objectIds[index]!, ['input', 'objectIds', index]);
  }
  return count;
}

/** Dates as ISO 8601, absent keys gone. */
const asJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
