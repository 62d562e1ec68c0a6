import type { CommandContext, SettingOptions } from '../context.js';
import { Interruption } from '../failure.js';
import { progressOn } from '../moving/progress.js';
import { readableSize } from '../output/terminal.js';

const COMMIT_SHOWN = 12;

export async function modelsPull(context: CommandContext, source: string, options: SettingOptions & { as?: string; weights?: string }): Promise<void> {
  const progress = progressOn(process.stderr);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new BrokenOff(signal)));
  let total = 0;
  try {
    const { name, folder, repository, already } = await context.pullModel({ source, as: options.as, weights: options.weights }, options, {
      signal: stop.signal,
      onModel({ repository: from, commit, licence, licenceLink, bytes }) {
        total = bytes;
        const terms = licence === null ? 'its card names no licence; see the repository' : `licence ${licence}${licenceLink === null ? '' : ` (${licenceLink})`}`;
        process.stderr.write(`${from} at ${commit.slice(0, COMMIT_SHOWN)}, ${readableSize(bytes)}; ${terms}\n`);
        progress.step('loading', bytes);
      },
      onBytes: (here) => progress.update(here, `${readableSize(here)} of ${readableSize(total)}`),
      onWait: (holder) => process.stderr.write(`Process ${holder} loads it already; this one waits.\n`),
    });
    progress.end();
    if (repository === null) process.stdout.write(`${name} comes with the program: ${folder}\n`);
    else process.stdout.write(`${name} ${already ? 'was here already' : 'is here'}: ${folder}\n`);
  } finally {
    progress.end();
  }
}

class BrokenOff extends Interruption {
  override readonly message = 'Broken off. What was loaded is kept; the same command goes on from there.';
}
