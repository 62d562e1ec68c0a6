import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/context.js';
import { Failure, UsageFailure } from '../../../src/cli/failure.js';
import { run } from '../../../src/cli/program.js';

const contextThat = (describeConfig: () => string): CommandContext =>
  ({ version: '9.9.9', describe: describeConfig, diagnose: async () => [{ part: 'disk', state: 'fault', says: 'Full.', mend: 'Make room.' }] }) as unknown as CommandContext;

let printed = { out: '', err: '' };
beforeEach(() => {
  printed = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed.out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((printed.err += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

const config = (fail: () => never) => run(['config'], contextThat(fail));

describe('exit codes', () => {
  it('are 0 for what was done, help and version among it', async () => {
    expect(await run(['config', '--data-dir', '/x'], contextThat(() => 'data_dir: /x\n'))).toBe(0);
    expect(printed.out).toBe('data_dir: /x\n');
    expect(await run(['--version'], contextThat(() => ''))).toBe(0);
    expect(await run(['search', '--help'], contextThat(() => ''))).toBe(0);
    expect(printed.out).toContain('9.9.9\n');
  });

  it('are 1 where something failed, with a sentence and no stack', async () => {
    expect(await config(() => { throw new Failure('It is broken.'); })).toBe(1);
    expect(printed).toEqual({ out: '', err: 'strata: It is broken.\n' });
  });

  it('are 1 for a refusal of the operating system, in its words', async () => {
    expect(await config(() => { throw Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: 'EACCES', syscall: 'open' }); })).toBe(1);
    expect(printed.err).toBe("strata: EACCES: permission denied, open '/x'\n");
  });

  it('are 1 for a defect of ours, with its stack', async () => {
    expect(await config(() => { throw new TypeError('x is undefined'); })).toBe(1);
    expect(printed.err).toMatch(/^strata: TypeError: x is undefined\n {4}at /);
  });

  it('are 1 where the doctor finds a fault', async () => {
    expect(await run(['doctor'], contextThat(() => ''))).toBe(1);
    expect(printed.out).toMatch(/^fault {4}disk {2}Full\.\n +→ Make room\.\n$/);
  });

  it.each([
    [['nonsense']],
    [['ingest']],
    [['search', 'x', '--bogus']],
    [['search', 'x', '--alpha', 'many']],
    [['search', 'x', '--alpha', '']],
    [['search', 'x', '--first', '2.5']],
    [['search', 'x', '--type', 'TEXT,SMELL']],
    [['search']],
    [['search', 'x', '--term', 'harbour']],
    [['search', 'x', '--min-vector-score', '2']],
    [['objects', 'rm', 'x']],
    [['get', 'x', '--text', '--json']],
    [['worker', '--kinds', 'ingest,nonsense']],
    [['worker', '--concurrency', '0']],
    [['worker', '--port', '65536']],
    [['worker', '--port', '']],
  ])('are 2 for what was typed wrongly: %j', async (args) => {
    expect(await run(args, contextThat(() => ''))).toBe(2);
    expect(printed.out).toBe('');
    expect(printed.err).not.toMatch(/^\s+at /m);
  });

  it('are 2 where a command itself finds the mistake', async () => {
    expect(await config(() => { throw new UsageFailure('Not so.'); })).toBe(2);
  });
});
