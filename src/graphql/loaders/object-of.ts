import { notFound } from '../../domain/errors.js';
import type { GraphQLContext } from '../context.js';
import { toDataObject, type DataObjectType } from '../objects/data-object.type.js';

/** The object that a row belongs to. Rows go with their object, so NOT_FOUND only where it was purged in between. */
export async function objectOf(row: { objectId: string }, context: GraphQLContext): Promise<DataObjectType> {
  const object = await context.loaders.objects.load(row.objectId);
  if (object === null) throw notFound('DataObject', row.objectId);
  return toDataObject(object);
}
