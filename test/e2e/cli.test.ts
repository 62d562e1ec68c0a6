import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

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

describe('the commands, told where a server is', () => {
  const [admin, reader] = ['an admin key for the tests', 'a reader key for the tests'];
  const away = temporaryFolder();
  let server: Server;
  beforeAll(async () => {
    const config = join(folder, 'keys.yaml');
    writeFileSync(config, `server:\n  api_keys:\n    - {key: "${admin}", viewer: operations, role: admin}\n    - {key: "${reader}", viewer: website, role: reader}\n`);
    server = await serve(join(folder, 'elsewhere'), '--config', config);
    writeFileSync(join(away, 'owls.txt'), readFileSync(join(files, 'owls.txt')));
  });
  const told = (env: Record<string, string>, ...args: string[]) => run(STRATA, args, { cwd: away, env });

  it('go there with the key of the environment, and leave nothing where they run', async () => {
    const address = new URL('/', server.url).href;
    expect((await told({ STRATA_API_KEY: admin }, 'ingest', 'owls.txt', '--server', address)).stderr).toContain('1 taken in, 0 there already, 0 failed\n');
    const found = await told({ STRATA_API_KEY: reader, STRATA_SERVER: server.url }, 'search', 'nesting birds', '--json');
    const { id } = JSON.parse(found.stdout).edges[0].node as { id: string };
    expect((await told({ STRATA_API_KEY: reader, STRATA_SERVER: address }, 'get', id, '--output', 'saved.txt')).code).toBe(0);
    expect(readFileSync(join(away, 'saved.txt'), 'utf8')).toBe(readFileSync(join(away, 'owls.txt'), 'utf8'));
    expect((await told({ STRATA_API_KEY: admin, STRATA_SERVER: address }, 'export', 'exported')).stdout).toMatch(/^exported 1 objects, /);
    expect((await told({ STRATA_API_KEY: admin, STRATA_SERVER: address }, 'backup', 'backup.tar')).stdout).toMatch(/^backed up to backup\.tar, /);
    expect(readdirSync(away).sort()).toEqual(['backup.tar', 'exported', 'owls.txt', 'saved.txt']);
  });

  it('say what is amiss there', async () => {
    const refused = await told({ STRATA_API_KEY: reader }, 'rm', 'obj_01m827fmx3ep19ew2qcvwjknt5', '--server', server.url);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^failed .*: .*editor/)]);
    const unknown = await told({}, 'search', 'owls', '--server', server.url);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/STRATA_API_KEY, which is not set\.\n$/)]);
    const nobody = await told({}, 'search', 'owls', '--server', `http://localhost:${await freePort()}`);
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringMatching(/^strata: No server answers at http:\/\/localhost:\d+\/graphql: connect ECONNREFUSED .*STRATA_SERVER names\.\n$/)]);
    const both = await told({}, 'search', 'owls', '--server', server.url, '--data-dir', 'here');
    expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/^strata: Either --server or --data-dir: /)]);
  });
});
