import { join } from 'node:path';
import { encodeTypeId } from '../src/domain/type-id.js';
import { makeWav } from '../test/support/hostile-files.js';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';
import { VIEWER, type Library } from './library.js';
import { loadProgram } from './program.js';
import { inFolder, untilQuiet, withServer } from './server.js';
import { uploadInOne } from './uploading.js';

const OBJECTS = 500;
const DOWNLOADS = 100;
const MEGABYTE = 1_000_000;
const OBJECT = 'query ($id: ID!) { dataObject(id: $id) { id type status filename mimeType fileSize metadata version createdAt updatedAt } }';
const LINK = 'query ($id: ID!) { dataObject(id: $id) { downloadUrl { url } } }';

/** Objects by id that nobody asked for before, the same from the cache within the service, and downloads. */
export async function measureObjects({ library }: { library(): Promise<Library> }): Promise<Figure[]> {
  const { dataDir, objectIds } = await library();
  const step = Math.max(1, Math.floor(objectIds.length / (OBJECTS + 50)));
  const spread = objectIds.filter((_, index) => index % step === 0);
  const wanted = spread.slice(0, OBJECTS);
  const ids = wanted.map((id) => encodeTypeId('obj', id));
  const { byId, again } = await withServer(dataDir, async (server) => {
    const read = (id: string) => server.query(OBJECT, { id });
    for (let round = 0; round < 4; round++) await timeEach(spread.slice(OBJECTS).map((id) => encodeTypeId('obj', id)), read);
    const fresh = await timeEach(ids, read);
    const cached = await timeEach(ids, read);
    return { byId: fresh, again: cached };
  });
  const downloads = await measureDownloads();
  const service = await measureCached(dataDir, wanted);
  return [
    {
      of: 'objects', what: 'object by id through the API, p95', measured: rounded(percentile(byId, 0.95)), unit: 'ms', limit: { at: 'most', value: 10 },
      beside: `median ${rounded(percentile(byId, 0.5))} ms; from the cache p95 ${rounded(percentile(again, 0.95))} ms`,
      details: { fromDatabase: summary(byId), fromCache: summary(again) },
    },
    {
      of: 'objects', what: 'cached object in the service, p95', measured: rounded(percentile(service.cached, 0.95)), unit: 'ms', limit: { at: 'most', value: 1 },
      beside: `median ${rounded(percentile(service.cached, 0.5))} ms; from the database p95 ${rounded(percentile(service.fresh, 0.95))} ms`,
      details: { cached: summary(service.cached), fromDatabase: summary(service.fresh) },
    },
    {
      of: 'objects', what: 'download of 1 MB, p95', measured: rounded(percentile(downloads, 0.95)), unit: 'ms', limit: { at: 'most', value: 200 },
      beside: `median ${rounded(percentile(downloads, 0.5))} ms`,
      details: summary(downloads),
    },
  ];
}

/** In a data folder of its own, so that nothing else is measured with what is done to the upload. */
async function measureDownloads(): Promise<number[]> {
  return inFolder((folder) =>
    withServer(join(folder, 'data'), async (server) => {
      const id = await uploadInOne(server, 'noise.wav', noise(MEGABYTE));
      await untilQuiet(server);
      const { dataObject } = await server.query<{ dataObject: { downloadUrl: { url: string } } }>(LINK, { id });
      const download = async () => {
        const bytes = await (await fetch(dataObject.downloadUrl.url)).arrayBuffer();
        if (bytes.byteLength !== MEGABYTE) throw new Error(`${bytes.byteLength} of ${MEGABYTE} bytes came`);
      };
      await timeEach(Array.from({ length: 10 }), download);
      return timeEach(Array.from({ length: DOWNLOADS }), download);
    }),
  );
}

async function measureCached(dataDir: string, ids: readonly string[]) {
  const { compose, loadConfig } = await loadProgram();
  const config = loadConfig({ overrides: { dataDir, port: 0 } });
  const app = await compose({ ...config, server: { ...config.server, logLevel: 'warn' } });
  try {
    const read = (id: string) => app.services.objects.byIds(VIEWER, [id]);
    return { fresh: await timeEach(ids, read), cached: await timeEach(ids, read) };
  } finally {
    await app.stop();
  }
}

/** A WAV file of so many bytes: two a sample, behind a header of 44. */
const noise = (size: number) => makeWav([Float32Array.from({ length: (size - 44) / 2 }, () => Math.random() * 2 - 1)], 48_000);
