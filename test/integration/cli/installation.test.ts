import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataFolder, writeServerInfo, type DataFolder } from '../../../src/adapters/db/engine/data-folder.js';
import { commandContext } from '../../../src/app/command-context.js';

const DISTRIBUTED = `
database: {provider: postgres, username: strata, password: secret}
object_storage: {provider: minio, minio: {endpoint: "http://minio.invalid:9000", bucket: strata, access_key: strata, secret_key: secret-key}}
server: {signing_secret: "0123456789abcdef0123456789abcdef"}
`;

describe('the server of an installation', () => {
  let path: string;
  let folder: DataFolder;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'strata-found-'));
    await writeFile(join(path, 'distributed.yaml'), DISTRIBUTED);
    folder = await openDataFolder(join(path, 'data'));
    await writeServerInfo(folder.path, { url: 'http://127.0.0.1:1/graphql', pid: 1, startedAt: new Date(0).toISOString() });
  });
  afterAll(async () => {
    await folder.close();
    await rm(path, { recursive: true });
  });

  it('is the one that has its data folder open', async () => {
    expect(await commandContext.findServer({ dataDir: folder.path })).toMatchObject({ url: 'http://127.0.0.1:1/graphql' });
  });

  it('is not another installation’s, whose folder is where nothing of this one lies', async () => {
    expect(await commandContext.findServer({ dataDir: folder.path, config: join(path, 'distributed.yaml') })).toBeNull();
  });
});
