import { withConnection } from '../connection.js';
import type { CommandContext, SettingOptions } from '../context.js';
import { Failure } from '../failure.js';
import { ObjectsDocument, type ObjectsQuery } from '../generated/graphql.js';

const PAGE = 500;

/** `objects ls PREFIX`: where the bytes of each object lie in the store, in the order of their keys. */
export async function objects(context: CommandContext, verb: string, prefix = '', options: SettingOptions & { json?: boolean }): Promise<number> {
  if (verb !== 'ls') throw new Failure(`There is "objects ls PREFIX", and no "objects ${verb}".`);
  return withConnection(context, options, async (connection) => {
    const found: ObjectsQuery['dataObjects']['nodes'] = [];
    let after: string | undefined;
    do {
      const { dataObjects } = await connection.request(ObjectsDocument, { first: PAGE, after, filter: { includeDeleted: true } });
      found.push(...dataObjects.nodes.filter((node) => keyOf(node.storageLocation).startsWith(prefix)));
      after = dataObjects.pageInfo.hasNextPage ? (dataObjects.pageInfo.endCursor ?? undefined) : undefined;
    } while (after !== undefined);
    found.sort((left, right) => (keyOf(left.storageLocation) < keyOf(right.storageLocation) ? -1 : 1));
    if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else for (const node of found) process.stdout.write(`${keyOf(node.storageLocation)}  ${String(node.fileSize).padStart(10)}  ${node.id}  ${node.filename ?? ''}\n`);
    return 0;
  });
}

/** The key within the store: `s3://bucket/key`, `file:objects/key`. */
const keyOf = (location: string): string => location.replace(/^s3:\/\/[^/]+\//, '').replace(/^file:(objects\/)?/, '');
