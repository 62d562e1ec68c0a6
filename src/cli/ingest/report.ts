import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import type { FoundFile } from './find-files.js';

/** What ingest tells while it works. */
export interface IngestReport {
  sent(bytes: number): void;
  stored(file: FoundFile, skipped: boolean): void;
  /** @param done of `total` objects, in whole and parts: 2.5 is two and a half */
  processed(done: number, total: number): void;
  failed(file: { shown: string }, reason: string): void;
  end(): void;
}

/** Bars on a terminal, a plain line an event elsewhere. */
export function ingestReport(files: readonly FoundFile[], output: NodeJS.WriteStream): IngestReport {
  return output.isTTY ? bars(files, output) : lines(output);
}

function bars(files: readonly FoundFile[], output: NodeJS.WriteStream): IngestReport {
  const multi = new MultiBar(
    { clearOnComplete: false, hideCursor: true, stream: output, format: '{label} {bar} {percentage}% {detail}', barsize: 32 },
    Presets.shades_classic,
  );
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const storing = multi.create(Math.max(1, total), 0, { label: 'storing   ', detail: '' });
  let processing: SingleBar | null = null;
  let count = 0;
  return {
    sent: (bytes) => storing.increment(bytes),
    stored(file) {
      count += 1;
      storing.update({ detail: `${count}/${files.length} ${file.shown}` });
    },
    processed(done, all) {
      processing ??= multi.create(all, 0, { label: 'processing', detail: '' });
      processing.update(done, { detail: `${Math.floor(done)}/${all}` });
    },
    failed: (file, reason) => multi.log(`failed    ${file.shown}: ${reason}\n`),
    end: () => multi.stop(),
  };
}

function lines(output: NodeJS.WriteStream): IngestReport {
  return {
    sent: () => undefined,
    stored: (file, skipped) => output.write(`${skipped ? 'skipped' : 'stored '}  ${file.shown}\n`),
    processed: () => undefined,
    failed: (file, reason) => output.write(`failed   ${file.shown}: ${reason}\n`),
    end: () => undefined,
  };
}

export function failureTable(failures: readonly { shown: string; reason: string }[]): string {
  const table = new Table({ head: ['file', 'reason'], colWidths: [44, 76], wordWrap: true, style: { head: [], border: [] } });
  for (const { shown, reason } of failures) table.push([shown, reason]);
  return table.toString();
}
