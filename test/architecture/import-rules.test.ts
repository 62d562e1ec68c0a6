import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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

/** The rules that a repository of these files alone breaks. */
function brokenBy(files: Record<string, string>): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-rules-'));
  try {
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const roots = new Set(Object.keys(files).map((name) => name.split('/')[0]!));
    return new Set(cruise(folder, ...roots).violations.map(({ rule }) => rule.name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the rooms of the house', () => {
  it('import only what they may', () => {
    const { violations } = cruise(ROOT, 'src', 'test/e2e', 'examples');
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  it('are really looked at: a domain that reaches for a port and a driver is found', () => {
    const broken = brokenBy({
      'src/ports/some.port.ts': 'export interface Some { name: string }\n',
      'src/domain/rule.ts': "import fs from 'node:fs';\nimport type { Some } from '../ports/some.port.js';\nexport const rule = (some: Some) => fs.existsSync(some.name);\n",
    });
    expect(broken).toEqual(new Set(['domain-imports', 'domain-is-pure']));
  });

  it('keep to the packages that are installed with the program, and apart from the examples', () => {
    const broken = brokenBy({
      'src/server/port.ts': 'export const port = 1;\n',
      'src/server/gateway.ts': "import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';\nimport { reach } from '../../examples/reach.js';\nexport const gateway = [createGatewayRuntime, reach];\n",
      'examples/reach.ts': "import { port } from '../src/server/port.js';\nexport const reach = port;\n",
    });
    expect(broken).toEqual(new Set(['no-development-packages', 'nothing-of-ours-needs-an-example', 'examples-are-others-programs']));
  });
});
