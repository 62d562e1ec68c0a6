import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Folders } from '../../../src/adapters/objects/folders.js';

let root: string;
let folders: Folders;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata-folders-'));
  folders = new Folders(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('folders', () => {
  it('in use are not pruned, nor are those above them', async () => {
    const deep = join(root, 'a', 'b', 'c');
    await folders.use([deep], async () => {
      expect(await folders.prune(deep)).toBe(deep);
      expect(await folders.prune(join(root, 'a'))).toBe(join(root, 'a'));
      expect(existsSync(deep)).toBe(true);
    });
    expect(await folders.prune(deep)).toBe(root);
    expect(await readdir(root)).toEqual([]);
  });

  it('that are being pruned are made anew for whoever comes meanwhile', async () => {
    const deep = join(root, 'a', 'b');
    for (let round = 0; round < 50; round++) {
      await folders.use([deep], () => Promise.resolve());
      const pruning = folders.prune(deep);
      // Without the wait for the pruning, the folder would go away under this.
      const tries: boolean[] = [];
      await folders.use([deep], async () => {
        tries.push(existsSync(deep));
        await pruning;
        tries.push(existsSync(deep));
      });
      expect(tries).toEqual([true, true]);
    }
  });

  it('that hold something stay, with all that is above them', async () => {
    const deep = join(root, 'a', 'b');
    await folders.use([deep, join(root, 'a', 'c')], () => writeFile(join(root, 'a', 'file'), ''));
    expect(await folders.prune(deep)).toBe(join(root, 'a'));
    expect((await readdir(join(root, 'a'))).sort()).toEqual(['c', 'file']);
  });

  it('are brought to disk once more for whoever comes while that goes on, and once for all of them', async () => {
    const first = folders.sync(root);
    const [second, third] = [folders.sync(root), folders.sync(root)];
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    await Promise.all([first, second, third]);
    expect(folders.sync(root)).not.toBe(second);
  });
});
