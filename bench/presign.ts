import { randomUUID } from 'node:crypto';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';

const ADDRESSES = 2_000;
const WARM_UP = 500;
const MIB = 2 ** 20;
const SHA256 = 'a'.repeat(64);
const SECONDS = 3_600;

/** How long it takes to sign an address of a bucket, one after another. Nothing is asked of a store: there is none. */
export async function measurePresign(): Promise<Figure[]> {
  const path = '../dist/adapters/objects/s3/s3.store.js';
  const { openS3Store } = (await import(new URL(path, import.meta.url).href)) as typeof import('../src/adapters/objects/s3/s3.store.js');
  const store = await openS3Store({
    bucket: 'strata', region: 'us-east-1', endpoint: 'http://127.0.0.1:1', forcePathStyle: true, accessKey: 'AKIDEXAMPLE', secretKey: 'a secret of forty characters, as AWS does',
  });
  try {
    const sign: Record<string, (key: string) => Promise<unknown>> = {
      upload: (key) => store.signUpload(key, { contentType: 'application/octet-stream', size: MIB, sha256: SHA256, expiresIn: SECONDS }),
      part: (key) => store.signPart(key, randomUUID(), { partNumber: 1, size: 16 * MIB, expiresIn: SECONDS }),
      download: (key) => store.signDownload(key, { expiresIn: SECONDS, disposition: 'ATTACHMENT', filename: 'a file.txt', contentType: 'text/plain' }),
    };
    const keys = (count: number) => Array.from({ length: count }, () => `temp/${randomUUID()}`);
    const times: Record<string, number[]> = {};
    for (const [what, work] of Object.entries(sign)) {
      await timeEach(keys(WARM_UP), work);
      times[what] = await timeEach(keys(ADDRESSES), work);
    }
    const all = Object.values(times).flat();
    return [
      {
        of: 'presign', what: 'signing an address of a bucket, p95', measured: rounded(percentile(all, 0.95)), unit: 'ms', limit: { at: 'most', value: 2 },
        beside: `median ${rounded(percentile(all, 0.5))} ms; ${Object.entries(times).map(([what, each]) => `${what} ${rounded(percentile(each, 0.95))}`).join(', ')} ms at p95`,
        details: Object.fromEntries(Object.entries(times).map(([what, each]) => [what, summary(each)])),
      },
    ];
  } finally {
    await store.close();
  }
}
