import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { DataObject, Ingestion } from '../../domain/model.js';
import type { ObjectChange } from '../../domain/operations.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { DataObjectFilterInput } from '../filters/filter.inputs.js';
import { toObjectFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { IngestionType, toIngestion } from '../ingestions/ingestion.type.js';
import { decodeIds } from '../lists.js';
import { DataObjectType, toDataObject } from '../objects/data-object.type.js';
import { DataObjectChangeType } from './data-object-change.type.js';

@ArgsType()
class DataObjectChangedArgs {
  @Field(() => DataObjectFilterInput, { nullable: true, description: 'Tested on the object as it was or as it is now.' })
  filter?: DataObjectFilterInput | null;

  @Field(() => ID, { nullable: true, description: '`ssr_…`: only what this saved search finds. NOT_FOUND.' })
  savedSearch?: string | null;

  @Field(() => String, { nullable: true, description: 'Begin behind this change, up to 24 hours ago; older: CURSOR_EXPIRED.' })
  after?: string | null;
}

type Resolved<Args> = { args: Args; context: GraphQLContext };

@Resolver(() => DataObjectChangeType)
export class EventResolver {
  @Subscription(() => IngestionType, {
    description: 'The present state first, then each change; ends after SUCCEEDED or FAILED. NOT_FOUND.',
    subscribe: ({ args, context }: Resolved<{ ingestionId: string }>) =>
      context.services.events.ingestionProgress(context.viewer, [decodeId('ing', args.ingestionId, ['ingestionId'])], context.signal),
  })
  ingestionProgress(@Root() ingestion: Ingestion, @Arg('ingestionId', () => ID, { description: '`ing_…`' }) _id: string): IngestionType {
    return toIngestion(ingestion);
  }

  @Subscription(() => IngestionType, {
    description: 'The present states first, then each change of any of them; ends when all have ended. At most 500. NOT_FOUND.',
    subscribe: ({ args, context }: Resolved<{ ids: string[] }>) =>
      context.services.events.ingestionProgress(context.viewer, decodeIds('ing', args.ids, ['ids']), context.signal),
  })
  ingestionsProgress(@Root() ingestion: Ingestion, @Arg('ids', () => [ID], { description: '`ing_…`' }) _ids: string[]): IngestionType {
    return toIngestion(ingestion);
  }

  @Subscription(() => DataObjectChangeType, {
    description: 'What happens to objects from now on, or from `after` on. A reader that falls too far behind is sent an error and must begin again from its last cursor.',
    subscribe: ({ args, context }: Resolved<DataObjectChangedArgs>) => {
      const filter = toObjectFilter(args.filter, ['filter']);
      const savedSearch = args.savedSearch == null ? undefined : decodeId('ssr', args.savedSearch, ['savedSearch']);
      return context.services.events.objectChanges(context.viewer, { filter, savedSearch, after: given(args.after) }, context.signal);
    },
  })
  dataObjectChanged(@Root() change: ObjectChange, @Args(() => DataObjectChangedArgs) _args: DataObjectChangedArgs): DataObjectChangeType {
    return new DataObjectChangeType(change);
  }

  @FieldResolver(() => DataObjectType, { nullable: true, description: 'The object as it is now; null once it is purged.' })
  async dataObject(@Root() change: DataObjectChangeType, @Ctx() context: GraphQLContext) {
    // A cache may know it for a moment longer than the rows do.
    if (change.kind === 'PURGED') return null;
    const row = await rowOf(change, context);
    return row && toDataObject(row);
  }
}

/**
 * A change is told as soon as it is committed, by whatever process, and the cache is told behind the commit: in between, or for
 * longer where that process died, the cache still has the row from before. Nobody would be told of this change again.
 */
async function rowOf({ objectId, version, occurredAt }: DataObjectChangeType, { loaders, services, viewer }: GraphQLContext): Promise<DataObject | null> {
  const known = await loaders.objects.load(objectId);
  if (known === null || (known.updatedAt >= occurredAt && known.version >= (version ?? 0))) return known;
  const [row = null] = await services.objects.reread(viewer, [objectId]);
  loaders.objects.clear(objectId).prime(objectId, row);
  return row;
}
