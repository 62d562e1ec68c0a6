import { describe } from 'vitest';
import { openTestBucket, send } from '../support/s3-bucket.js';
import { serviceAddress } from '../support/services.js';
import { objectStoreContract } from './object-store.contract.js';

const address = serviceAddress('s3');

describe.skipIf(address === null)('on a real server', () => {
  objectStoreContract('s3', async () => {
    const { store, close } = await openTestBucket(address!);
    return {
      store,
      async send(request, body) {
        const response = await send(request, body);
        return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
      },
      close,
    };
  });
});
