import Table from 'cli-table3';
import pc from 'picocolors';
import type { CommandContext, SettingOptions } from '../context.js';

/** @returns 1 where a part is at fault */
export async function doctor(context: CommandContext, options: SettingOptions & { json?: boolean }): Promise<number> {
  const findings = await context.diagnose(options);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  } else {
    const colour = pc.createColors(process.stdout.isTTY);
    const mark = { ok: colour.green('ok'), warning: colour.yellow('warning'), fault: colour.red('fault') };
    const table = new Table({ head: ['part', 'state', 'what was found, and how to mend it'], colWidths: [18, 10, 92], wordWrap: true, style: { head: [], border: [] } });
    for (const { part, state, says, mend } of findings) table.push([part, mark[state], mend === undefined ? says : `${says}\n→ ${mend}`]);
    process.stdout.write(`${table.toString()}\n`);
  }
  return findings.some((finding) => finding.state === 'fault') ? 1 : 0;
}
