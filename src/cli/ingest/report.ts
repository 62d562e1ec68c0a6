import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { wrap } from '../output/terminal.js';
import type { FoundFile } from './find-files.js';

export type Outcome = 'ready' | 'stored' | 'skipped' | 'failed';

/** What ingest tells while it works. */
export interface IngestReport {
  sent(bytes: number): void;
  /** Its bytes are where they belong. */
  stored(file: FoundFile): void;
  /** @param done of `total` objects that are processed, in whole and parts: 2.5 is two and a half */
  processed(done: number, total: number): void;
  /** That is all that will happen to this file. */
  ended(file: { shown: string }, outcome: Outcome, reason?: string): void;
  end(): void;
}

/** Bars on a terminal, a plain line a file elsewhere. */
export function ingestReport(files: readonly FoundFile[], output: NodeJS.WriteStream): IngestReport {
  return output.isTTY ? bars(files, output) : lines(output);
}

const BAR = 28;
const LABELS = BAR + 34;

function bars(files: readonly FoundFile[], output: NodeJS.WriteStream): IngestReport {
  const multi = new MultiBar(
    {
      stream: output,
      format: '{label} {bar} {percentage}%  {detail}',
      barsize: BAR,
      hideCursor: true,
      clearOnComplete: false,
      autopadding: true,
      // Its own handler would swallow the signal; the command stops the bars, and itself.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const storing = multi.create(Math.max(1, bytes), 0, { label: 'storing   ', detail: '' });
  let processing: SingleBar | null = null;
  let count = 0;
  const fitting = (text: string) => text.slice(-Math.max(10, output.columns - LABELS));
  return {
    sent: (sent) => storing.increment(sent),
    stored(file) {
      count += 1;
      storing.update({ detail: `${count}/${files.length} ${count === files.length ? '' : fitting(file.shown)}` });
    },
    processed(done, total) {
      processing ??= multi.create(total, 0, { label: 'processing', detail: '' });
      processing.setTotal(total);
      processing.update(done, { detail: `${Math.floor(done)}/${total}` });
    },
    ended: (file, outcome, reason) => {
      if (outcome === 'failed') multi.log(`failed   ${file.shown}: ${reason}\n`.slice(0, output.columns));
    },
    end: () => {
      // A file that could not be sent leaves the bar short; nothing more will come.
      storing.update(storing.getTotal());
      multi.stop();
    },
  };
}

function lines(output: NodeJS.WriteStream): IngestReport {
  return {
    sent: () => undefined,
    stored: () => undefined,
    processed: () => undefined,
    ended: (file, outcome, reason) => void output.write(`${outcome.padEnd(7)}  ${file.shown}${reason === undefined ? '' : `: ${reason}`}\n`),
    end: () => undefined,
  };
}

/** @param width characters a line */
export function failureTable(failures: readonly { shown: string; reason: string }[], width: number): string {
  const longest = Math.max(...failures.map(({ shown }) => shown.length), 'file'.length);
  const first = Math.min(longest + 2, Math.floor(width * 0.45));
  const second = Math.min(90, width - first - 3);
  const table = new Table({
    head: ['file', 'reason'],
    colWidths: [first, second],
    // Sentences are broken between words; paths, which have none, wherever they must.
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [] },
  });
  for (const { shown, reason } of failures) table.push([shown, wrap(reason, second - 2).join('\n')]);
  return table.toString();
}
