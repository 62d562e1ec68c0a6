import type { CommandContext, SettingOptions } from '../context.js';
import { coloursFor, widthOf, wrap } from '../output/terminal.js';

/** @returns 1 where a part is at fault */
export async function doctor(context: CommandContext, options: SettingOptions & { json?: boolean; fix?: boolean }): Promise<number> {
  const done = options.fix === true ? await context.mend(options) : [];
  // Standard output is for the findings alone where they are read by a program.
  for (const sentence of done) process.stderr.write(`${sentence}\n`);
  const findings = await context.diagnose(options);
  const { stdout } = process;
  if (options.json) {
    stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  } else {
    const colours = coloursFor(stdout);
    const mark = { ok: colours.green, warning: colours.yellow, fault: colours.red };
    const column = Math.max(...findings.map(({ part }) => part.length)) + 2;
    const indent = ' '.repeat('warning  '.length + column);
    for (const { part, state, says, mend } of findings) {
      const text = [says, ...(mend === undefined ? [] : [`→ ${mend}`])];
      const [first, ...rest] = text.flatMap((each) => wrap(each, widthOf(stdout) - indent.length));
      stdout.write(`${mark[state](state.padEnd(7))}  ${part.padEnd(column)}${first}\n${rest.map((line) => `${indent}${line}\n`).join('')}`);
    }
  }
  return findings.some((finding) => finding.state === 'fault') ? 1 : 0;
}
