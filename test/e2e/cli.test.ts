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
    for (const wrong of [['--type', 'SMELL'], ['--alpha', '1.5'], ['--first', '0'], ['--filter', '{'], ['--term', 'dough']]) {
      const { code, stdout, stderr } = await strata('search', 'owls', ...wrong);
      expect({ wrong, code, stdout }).toEqual({ wrong, code: 2, stdout: '' });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    expect((await run(STRATA, ['nonsense'])).code).toBe(2);
  });

  it('search by several things at once, each with its weight', async () => {
    const bread = await idOf('dough');
    const both = await strata('search', 'owls', '--term', '2:rising dough', '--mode', 'vector', '--model', 'all-MiniLM-L6-v2', '--first', '1', '--explain');
    expect(both.stdout).toMatch(/bread\.md[^]*query [+−]\d[^]*terms\.0\.query \+\d/);
    const beside = JSON.parse((await strata('search', 'owls', '--like', bread, '--term', '-0.5:yeast', '--json')).stdout) as { edges: { node: { id: string } }[] };
    expect(beside.edges.length).toBeGreaterThan(0);
    expect(beside.edges.map(({ node }) => node.id)).not.toContain(bread);
    expect((await strata('search', 'owls', '--mode', 'vector', '--min-vector-score', '0.99')).stdout).toBe('Nothing was found.\n');
    const unknown = await strata('search', 'owls', '--model', 'no-such-model');
    expect([unknown.code, unknown.stdout]).toEqual([1, '']);
  });

  it('find what is like a file, of which nothing is kept', async () => {
    const before = (await strata('objects', 'ls')).stdout;
    writeFileSync(join(folder, 'question.txt'), 'A barn owl in the tower at night.');
    const found = await strata('search', '--like', 'question.txt', '--first', '1', '--explain');
    expect([found.code, found.stderr]).toEqual([0, '']);
    expect(found.stdout).toMatch(/owls\.txt[^]*cosine \d/);
    expect((await strata('objects', 'ls')).stdout).toBe(before);
    expect((await strata('objects', 'ls', 'temp/')).stdout).toBe('');
    const wrong = await strata('search', '--like', 'no-such-file');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('There is no file')]);
  });

  it('recommend by what is liked and what is not, in the same table', async () => {
    const [owls, bread] = [await idOf('barn owls'), await idOf('dough')];
    const found = await strata('recommend', owls, '--dislike', bread, '--explain');
    expect([found.code, found.stderr]).toEqual([0, '']);
    expect(found.stdout).toMatch(/^ {2}1\. [01]\.\d{3} \S.* {2}TEXT {6}obj_\w{26}\n[^]*cosine -?\d\.\d{3} .* · liked\.0 [+−]\d\.\d{3} · disliked\.0 [+−]\d\.\d{3}\n/);
    for (const id of [owls, bread]) expect(found.stdout).not.toContain(id);
    expect(JSON.parse((await strata('recommend', owls, '--json')).stdout).edges.map((edge: { node: { id: string } }) => edge.node.id)).toContain(bread);
    const twice = await strata('recommend', owls, '--dislike', owls);
    expect([twice.code, twice.stdout, twice.stderr]).toEqual([1, '', expect.stringContaining('among the liked, too')]);
    expect((await strata('recommend')).code).toBe(2);
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

  it('show what is there more than once, and make one of it', async () => {
    const copy = 'Barn owls nest in the oil store.   They hatch two days apart, and the youngest waits longest for its mouse.';
    writeFileSync(join(folder, 'copy.txt'), copy);
    expect((await strata('ingest', 'copy.txt')).code).toBe(0);
    const decoded = (...more: string[]) => strata('duplicates', '--tier', 'decoded', ...more);
    await vi.waitFor(async () => expect((await ask(server.url, '{ duplicateGroups(tier: DECODED) { totalCount } }')).duplicateGroups.totalCount).toBe(1), { timeout: 60_000, interval: 250 });
    const { nodes: [{ objects }] } = JSON.parse((await decoded('--json')).stdout) as { nodes: [{ objects: { id: string }[] }] };
    const [owls, again] = objects.map(({ id }) => id) as [string, string];
    const shown = await decoded();
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toBe(`decoded, 2 objects, similarity 1.000\n        ${owls}     105 B  owls.txt\n  keep  ${again}     ${copy.length} B  copy.txt\n`);

    expect((await strata('duplicates', again)).code).toBe(2);
    expect((await strata('duplicates', '--merge', again)).code).toBe(2);
    expect((await strata('duplicates', '--tier', 'smell')).code).toBe(2);
    const merged = await strata('duplicates', '--merge', owls, again);
    expect([merged.code, merged.stdout]).toEqual([0, `kept     ${owls}  0 annotations moved to it, 0 left\ndeleted  ${again}\n`]);
    expect((await decoded()).stdout).toBe('Nothing is there more than once.\n');
    const repeated = await strata('duplicates', '--merge', owls, again);
    expect([repeated.code, repeated.stderr]).toEqual([1, expect.stringContaining('in the bin already')]);
    expect((await strata('rm', '--purge', again)).code).toBe(0);
  });

  it('keep searches, list and delete them', async () => {
    const nothing = await strata('searches', 'list');
    expect([nothing.code, nothing.stdout]).toEqual([0, expect.stringMatching(/^No search is kept\./)]);
    const saved = await strata('searches', 'save', 'owls at night', 'barn owls', '--type', 'TEXT', '--min-vector-score', '0.4', '--term', '-0.5:dough');
    const line = /^(ssr_\w{26}) {2}owls at night {2}(\{.*\}) {2}\(.+\)\n$/;
    expect([saved.code, saved.stdout, saved.stderr]).toEqual([0, expect.stringMatching(line), '']);
    const [, id, input] = line.exec(saved.stdout)!;
    expect(JSON.parse(input!)).toMatchObject({ query: 'barn owls', filter: { types: ['TEXT'] }, minVectorScore: 0.4, terms: [{ query: 'dough', weight: -0.5 }] });
    expect((await strata('searches', 'list')).stdout).toBe(saved.stdout);
    expect(JSON.parse((await strata('searches', 'list', '--json')).stdout)).toMatchObject({ totalCount: 1, nodes: [{ id, name: 'owls at night' }] });

    expect(await strata('searches', 'save', 'like a file', '--like', 'copy.txt')).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be kept') as string });
    for (const wrong of [['save'], ['save', 'nothing'], ['save', 'x', 'two', 'words'], ['delete'], ['list', 'x'], ['show']]) expect([wrong, (await strata('searches', ...wrong)).code]).toEqual([wrong, 2]);
    const removed = await strata('searches', 'delete', 'ssr_01m800000000000000000000', id!);
    expect(removed).toMatchObject({ code: 1, stdout: `deleted  ${id}\n`, stderr: expect.stringMatching(/^failed {3}ssr_01m8/) as string });
    expect((await strata('searches', 'list')).stdout).toBe(nothing.stdout);
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
