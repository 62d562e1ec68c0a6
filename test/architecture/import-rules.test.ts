import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CRUISER = join(ROOT, 'node_modules/.bin/depcruise');

function cruise(cwd: string, ...paths: string[]): { violations: { rule: { name: string }; from: string; to: string }[] } {
  const run = () => execFileSync(process.execPath, [CRUISER, ...paths, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], { cwd, maxBuffer: 1e9 });
  const output = (() => {
    try {
      return run();
    } catch (error) {
      return (error as { stdout: Buffer }).stdout; // it exits with the number of violations
    }
  })();
  return (JSON.parse(output.toString()) as { summary: ReturnType<typeof cruise> }).summary;
}

describe('the rooms of the house', () => {
  it('import only what they may', () => {
    const { violations } = cruise(ROOT, 'src', 'test/e2e');
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  it('are really looked at: a domain that reaches for a port and a driver is found', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strata-rules-'));
    try {
      for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(folder, file));
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      mkdirSync(join(folder, 'src/domain'), { recursive: true });
      mkdirSync(join(folder, 'src/ports'), { recursive: true });
      writeFileSync(join(folder, 'src/ports/some.port.ts'), 'export interface Some { name: string }\n');
      writeFileSync(join(folder, 'src/domain/rule.ts'), "import fs from 'node:fs';\nimport type { Some } from '../ports/some.port.js';\nexport const rule = (some: Some) => fs.existsSync(some.name);\n");
      const names = cruise(folder, 'src').violations.map(({ rule }) => rule.name);
      expect(new Set(names)).toEqual(new Set(['domain-imports', 'domain-is-pure']));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
