import type { CommandContext, SettingOptions } from '../context.js';
import { progressOn } from '../moving/progress.js';
import { readableSize } from '../output/terminal.js';

export async function restore(context: CommandContext, file: string, options: SettingOptions): Promise<void> {
  const progress = progressOn(process.stderr);
  progress.step('restoring', 100);
  try {
    const { objects, bytes, createdAt, pruned, vectorsElsewhere } = await context.restore(file, options, (done, total) => {
      progress.update(Math.floor((done / Math.max(1, total)) * 100), `${readableSize(done)} of ${readableSize(total)}`);
    });
    progress.end();
    const left = pruned === 0 ? '' : `, without ${pruned} files that came later`;
    process.stdout.write(`restored ${objects} objects, ${readableSize(bytes)}, as of ${createdAt}${left}\n`);
    if (vectorsElsewhere !== null) process.stdout.write(`The vectors lay in ${vectorsElsewhere}, and are not in a backup: make them again in a new collection or index, with "strata reindex --re-embed --to" and its store.\n`);
  } finally {
    progress.end();
  }
}
