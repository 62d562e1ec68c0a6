import { withConnection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { UsageFailure } from '../failure.js';
import { ObjectsDocument, type ObjectsQuery } from '../generated/graphql.js';

const PAGE = 500;

export interface ObjectsOptions extends ClientOptions {
  json?: boolean;
}

type Listed = ObjectsQuery['dataObjects']['nodes'][number] & { key: string };

/** `objects ls PREFIX`: under which key the bytes of each object lie in the store, in the order of the keys. */
export async function objects(context: CommandContext, verb: string, prefix = '', options: ObjectsOptions): Promise<number> {
  if (verb !== 'ls') throw new UsageFailure(`There is "objects ls PREFIX", and no "objects ${verb}".`);
  return withConnection(context, options, async (connection) => {
    const found: Listed[] = [];
    let after: string | null | undefined;
    do {
      const { dataObjects } = await connection.request(ObjectsDocument, { first: PAGE, after, filter: { includeDeleted: true } });
      found.push(...dataObjects.nodes.map((node) => ({ ...node, key: keyOf(node.storageLocation) })).filter(({ key }) => key.startsWith(prefix)));
      after = dataObjects.pageInfo.hasNextPage ? dataObjects.pageInfo.endCursor : null;
    } while (after);
    found.sort((left, right) => (left.key < right.key ? -1 : 1));
    process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : found.map(line).join(''));
    return 0;
  });
}

const line = ({ key, fileSize, id, filename, isDeleted }: Listed): string =>
  `${key}  ${String(fileSize).padStart(11)}  ${id}  ${filename ?? ''}${isDeleted ? ' (in the bin)' : ''}\n`;

/** The key within the store: `s3://bucket/key`, `file:objects/key`. */
const keyOf = (location: string): string => location.replace(/^s3:\/\/[^/]+\//, '').replace(/^file:(objects\/)?/, '');
