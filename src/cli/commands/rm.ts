import { withConnection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { DeleteObjectDocument, PurgeObjectDocument } from '../generated/graphql.js';
import { eachRemoved } from '../output/each-removed.js';

/** @returns 1 where any could not be removed */
export async function rm(context: CommandContext, ids: readonly string[], options: ClientOptions & { purge?: boolean }): Promise<number> {
  return withConnection(context, options, (connection) =>
    eachRemoved(ids, async (id) => {
      if (options.purge) {
        const { purgeDataObject: gone } = await connection.request(PurgeObjectDocument, { id });
        return `purged   ${id}  ${gone.bytesFreed} bytes, ${gone.annotations} annotations, ${gone.embeddings} embeddings`;
      }
      await connection.request(DeleteObjectDocument, { id });
      return `deleted  ${id}`;
    }),
  );
}
