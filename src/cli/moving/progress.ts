import { Presets, SingleBar } from 'cli-progress';

/** What a long command tells while it works: one step after another, each with its own count. */
export interface Progress {
  /** @param total null where nobody knows yet */
  step(label: string, total: number | null): void;
  /** Done so far, of this step. @param shown how to say it; the number itself where it is left out */
  update(done: number, shown?: string): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a plain line for each step's beginning and each quarter of it. */
export function progressOn(output: NodeJS.WriteStream): Progress {
  return output.isTTY ? bar(output) : lines(output);
}

const LABEL = 12;

function bar(output: NodeJS.WriteStream): Progress {
  let current: SingleBar | null = null;
  const finish = () => {
    current?.stop();
    current = null;
  };
  return {
    step(label, total) {
      finish();
      const format = `${label.padEnd(LABEL)} {bar} ${total === null ? '' : '{percentage}%'}  {shown}`;
      current = new SingleBar({ stream: output, format, barsize: 28, hideCursor: true, gracefulExit: false }, Presets.shades_classic);
      current.start(total ?? 1, 0, { shown: '' });
    },
    update: (done, shown = String(done)) => current?.update(Math.min(done, current.getTotal()), { shown }),
    end: finish,
  };
}

function lines(output: NodeJS.WriteStream): Progress {
  let label = '';
  let total: number | null = null;
  let told = 0;
  let last = '';
  let written = '';
  const finish = () => {
    if (last !== '' && last !== written) output.write(`${label.padEnd(LABEL)} ${last}\n`);
    [written, last] = [last, ''];
  };
  return {
    step(next, of) {
      finish();
      [label, total, told, written] = [next, of, 0, ''];
    },
    update(done, shown = total === null ? String(done) : `${done} of ${total}`) {
      last = shown;
      const quarter = total === null || total === 0 ? 0 : Math.floor((done / total) * 4);
      if (quarter <= told) return;
      told = quarter;
      finish();
    },
    end: finish,
  };
}
