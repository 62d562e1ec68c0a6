import { withConnection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure } from '../failure.js';
import { DeleteObjectDocument, PurgeObjectDocument } from '../generated/graphql.js';

/** @returns 1 where any could not be removed */
export async function rm(context: CommandContext, ids: readonly string[], options: ClientOptions & { purge?: boolean }): Promise<number> {
  return withConnection(context, options, async (connection) => {
    let failed = 0;
    for (const id of ids) {
      try {
        if (options.purge) {
          const { purgeDataObject: gone } = await connection.request(PurgeObjectDocument, { id });
          process.stdout.write(`purged   ${id}  ${gone.bytesFreed} bytes, ${gone.annotations} annotations, ${gone.embeddings} embeddings\n`);
        } else {
          await connection.request(DeleteObjectDocument, { id });
          process.stdout.write(`deleted  ${id}\n`);
        }
      } catch (error) {
        failed += 1;
        process.stderr.write(`failed   ${id}: ${Failure.messageOf(error)}\n`);
      }
    }
    return failed > 0 ? 1 : 0;
  });
}
