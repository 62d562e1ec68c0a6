import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, cleanUp, run, SAMPLES, serve, STRATA, temporaryFolder, type Server } from './support/strata.js';

/** A few files of a user, one of them empty and one no picture at all. */
const folder = temporaryFolder();
const dataDir = join(folder, 'data');
const files = join(folder, 'files');
mkdirSync(join(files, 'deeper'), { recursive: true });
writeFileSync(join(files, 'owls.txt'), 'Barn owls nest in the oil store. They hatch two days apart, and the youngest waits longest for its mouse.');
writeFileSync(join(files, 'bread.md'), '# Bread\n\nKnead the dough until it is smooth, and bake it in a hot oven.\n');
writeFileSync(join(files, 'empty.txt'), '');
writeFileSync(join(files, 'deeper/cut.png'), readFileSync(join(SAMPLES, 'images/plate-bracken.png')).subarray(0, 4_000));
writeFileSync(join(files, 'deeper/[odd] näme.txt'), 'Names may hold brackets, blanks and letters of any alphabet.');

const strata = (command: string, ...args: string[]) => run(STRATA, [command, '--data-dir', dataDir, ...args], { cwd: folder });

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const idOf = async (...args: string[]): Promise<string> => JSON.parse((await strata('search', ...args, '--json')).stdout).edges[0].node.id as string;

describe('the commands, with no server up', () => {
  it('take in a folder, say which files failed and why, and find the others', async () => {
    const { code, stdout, stderr } = await strata('ingest', 'files', 'nowhere/*.txt', '-m', 'year=2024', '-m', 'place=tower');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('ready    files/owls.txt\n');
    expect(stderr).toContain('ready    files/deeper/[odd] näme.txt\n');
    expect(stderr).toContain('3 taken in, 0 there already, 3 failed\n');
    const table = stderr.split('\n').filter((line) => line.startsWith('│'));
    expect(table.find((line) => line.includes('files/empty.txt'))).toMatch(/empty/);
    expect(table.find((line) => line.includes('files/deeper/cut.png'))).toMatch(/DAMAGED/);
    expect(table.find((line) => line.includes('nowhere/*.txt'))).toMatch(/no such file/);

    const found = await strata('search', 'where do birds bring up their young?', '--filter', 'year=2024,place=tower', '--first', '1');
    expect(found.code).toBe(0);
    expect(found.stdout).toMatch(/^ {2}1\. [01]\.\d{3} owls\.txt {2}TEXT {6}obj_\w{26}\n {11}\S.*nest in the oil store/);
  });
});

describe('the commands, with a server up', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve(dataDir);
  });

  it('go to it: what is there is skipped, what failed for good is said again', async () => {
    const { code, stderr } = await strata('ingest', 'files/*.*', 'files/deeper');
    expect(code).toBe(1);
    for (const name of ['owls.txt', 'bread.md', 'deeper/[odd] näme.txt']) expect(stderr).toContain(`skipped  files/${name}\n`);
    expect(stderr).toContain('0 taken in, 3 there already, 2 failed\n');
    expect((await strata('ingest', 'files/owls.txt')).code).toBe(0);
  });

  it('search in every mode, and say on one line what was typed wrongly', async () => {
    expect((await strata('search', 'dough', '--mode', 'keyword', '--explain')).stdout).toMatch(/bread\.md[^]*BM25 \d/);
    expect((await strata('search', 'unfindableword', '--mode', 'keyword')).stdout).toBe('Nothing was found.\n');
    expect((await strata('search', 'owls', '--filter', '{"types": ["DOCUMENT"]}', '--alpha', '0')).stdout).toBe('Nothing was found.\n');
    expect((await strata('search', 'owls', '--like', await idOf('owls'))).code).toBe(2);
    for (const wrong of [['--type', 'SMELL'], ['--alpha', '1.5'], ['--first', '0'], ['--filter', '{']]) {
      const { code, stdout, stderr } = await strata('search', 'owls', ...wrong);
      expect({ wrong, code, stdout }).toEqual({ wrong, code: 2, stdout: '' });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    expect((await run(STRATA, ['nonsense'])).code).toBe(2);
  });

  it('show an object, its text and its bytes, and the key it lies under', async () => {
    const id = await idOf('barn owls');
    const shown = await strata('get', id);
    expect(shown.stdout).toMatch(new RegExp(`^owls\\.txt\\n {2}id +${id}\\n`));
    expect(shown.stdout).toMatch(/metadata +year: 2024\n +place: tower/);
    expect((await strata('get', id, '--text')).stdout).toBe(`${readFileSync(join(files, 'owls.txt'), 'utf8')}\n`);
    expect((await strata('get', id, '--output', 'saved.txt')).code).toBe(0);
    expect(readFileSync(join(folder, 'saved.txt'), 'utf8')).toBe(readFileSync(join(files, 'owls.txt'), 'utf8'));
    expect((await strata('objects', 'ls', 'default/text/')).stdout).toMatch(new RegExp(`^default/text/(\\w{8})/\\1\\w{56} +\\d+ {2}${id} {2}owls\\.txt$`, 'm'));
    expect((await strata('objects', 'ls', 'default/video/')).stdout).toBe('');
    const unknown = await strata('get', 'obj_01m800000000000000000000');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/^strata: .* is not an id\./)]);
  });

  it('put into the bin and purge', async () => {
    const id = await idOf('dough', '--mode', 'keyword');
    expect((await strata('rm', id, 'nonsense')).code).toBe(1);
    expect((await strata('search', 'dough', '--mode', 'keyword')).stdout).toBe('Nothing was found.\n');
    expect((await strata('objects', 'ls')).stdout).toMatch(/bread\.md \(in the bin\)$/m);
    expect((await strata('rm', '--purge', id)).stdout).toMatch(new RegExp(`^purged {3}${id} {2}\\d+ bytes`));
    const { dataObject } = await ask(server.url, 'query ($id: ID!) { dataObject(id: $id) { id } }', { id });
    expect(dataObject).toBeNull();
  });

  it('report on every part', async () => {
    const { code, stdout } = await strata('doctor', '--json');
    const findings = JSON.parse(stdout) as { part: string; state: string; says: string }[];
    expect(code).toBe(0);
    expect(findings.filter(({ state }) => state === 'fault')).toEqual([]);
    expect(findings.map(({ part }) => part)).toEqual(expect.arrayContaining(['configuration', 'server', 'database', 'objects', 'vectors', 'sagas', 'durability']));
    const config = await strata('config');
    expect(config.stdout).toContain(`data_dir: ${dataDir} # command line`);
  });
});
