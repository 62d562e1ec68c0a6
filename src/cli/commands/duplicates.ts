import { withConnection } from '../connection.js';
import type { ClientOptions, CommandContext } from '../context.js';
import { UsageFailure } from '../failure.js';
import { DuplicateGroupsDocument, MergeDuplicatesDocument, type DuplicateGroupsQuery, type DuplicateTier } from '../generated/graphql.js';
import { readableSize } from '../output/terminal.js';

export interface DuplicatesOptions extends ClientOptions {
  tier?: DuplicateTier[];
  minSimilarity?: number;
  first: number;
  merge?: boolean;
  json?: boolean;
}

type Group = DuplicateGroupsQuery['duplicateGroups']['nodes'][number];

/** Lists what is there more than once; with --merge the first id is kept and stands for the others. */
export async function duplicates(context: CommandContext, ids: readonly string[], options: DuplicatesOptions): Promise<number> {
  if (options.merge) return merge(context, ids, options);
  if (ids.length > 0) throw new UsageFailure('Ids are taken with --merge: the one to keep, then those to merge into it.');
  return withConnection(context, options, async (connection) => {
    const { tier, minSimilarity, first } = options;
    const { duplicateGroups: found } = await connection.request(DuplicateGroupsDocument, { tier, minSimilarity, first });
    process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : linesOf(found.nodes, found.totalCount ?? null));
    return 0;
  });
}

async function merge(context: CommandContext, [keep, ...others]: readonly string[], options: DuplicatesOptions): Promise<number> {
  if (keep === undefined || others.length === 0) throw new UsageFailure('Say which to keep and which to merge into it: strata duplicates --merge KEEP ID…');
  return withConnection(context, options, async (connection) => {
    const { mergeDuplicates: done } = await connection.request(MergeDuplicatesDocument, { input: { keep, merge: others } });
    if (options.json) process.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
    else {
      process.stdout.write(`kept     ${done.dataObject.id}  ${done.annotationsMoved} annotations moved to it, ${done.annotationsLeft} left\n`);
      for (const id of done.merged) process.stdout.write(`deleted  ${id}\n`);
      for (const warning of done.warnings) process.stdout.write(`note: ${warning}\n`);
    }
    return 0;
  });
}

function linesOf(groups: readonly Group[], total: number | null): string {
  if (groups.length === 0) return 'Nothing is there more than once.\n';
  const lines = groups.flatMap(({ tier, similarity, count, keep, objects }) => [
    `${tier.toLowerCase()}, ${count} objects, similarity ${similarity.toFixed(3)}`,
    ...objects.map((object) => `  ${object.id === keep.id ? 'keep' : '    '}  ${object.id}  ${readableSize(object.fileSize).padStart(8)}  ${object.filename ?? '(no name)'}`),
    ...(count > objects.length ? [`        and ${count - objects.length} more`] : []),
  ]);
  if (total !== null && total > groups.length) lines.push(`${total - groups.length} more groups; --first shows more.`);
  return `${lines.join('\n')}\n`;
}
