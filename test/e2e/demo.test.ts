import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { cleanUp, ROOT, run, strata, temporaryFolder } from './support/strata.js';

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

describe('npm run demo', () => {
  it('takes in all samples and finds what each search is about', async () => {
    const dataDir = join(temporaryFolder(), 'demo');
    // With whatever Node there is, as npm starts it.
    const { code, stdout, stderr } = await run(process.execPath, [join(ROOT, 'scripts/demo.mjs'), '--exit'], {
      env: { DEMO_DATA_DIR: dataDir, DEMO_PORT: '0' },
    });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stderr).toMatch(/^[4-9]\d taken in, 0 there already, 0 failed$/m);

    const searches = stdout.split(/^(?=\d\. )/m).slice(1);
    const found = searches.map((text) => [...text.matchAll(/^ {2}\d\. [01]\.\d{3} (\S+)/gm)].map(([, name]) => name!));
    expect(found).toHaveLength(6);
    expect(found.map(([first]) => first)).toEqual([
      'log-night-of-9-november.txt',
      'a-swarm-on-the-south-wall.txt',
      'radio-transcript-marigold-aground.txt',
      'heron-point-handbook.pdf',
      expect.stringMatching(/^bird-/),
      'surf-shingle.mp3',
    ]);
    expect(searches[3]).toMatch(/page 2: .*they can be seen for twenty-one\s+nautical miles/);
    // The files that are asked with are in the library, too.
    expect([found[4]![0], ...found[4]!.slice(1, 3).sort()]).toEqual(['bird-curlew.webp', 'bird-grey-heron.jpg', 'bird-oystercatcher.png']);
    expect(found[5]!.slice(0, 2)).toEqual(['surf-shingle.mp3', 'surf-slow-swell.flac']);
    expect(stdout).toMatch(/The server has stopped\.\n$/);

    // A second run finds everything there.
    const again = await strata('ingest', 'samples', '--manifest', 'samples/manifest.yaml', '--data-dir', dataDir);
    expect([again.code, again.stderr]).toEqual([0, expect.stringMatching(/\n0 taken in, [4-9]\d there already, 0 failed\n$/)]);
  });
});
