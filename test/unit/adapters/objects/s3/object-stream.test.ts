import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ObjectStream } from '../../../../../src/adapters/objects/s3/object-stream.js';

const named = (error: unknown) => new Error(`named: ${(error as Error).message}`);

describe('the body of a download', () => {
  it('comes through whole, at the pace of its reader', async () => {
    const source = new PassThrough();
    const stream = new ObjectStream(source, 10_000, named);
    const chunks = Array.from({ length: 40 }, (_, index) => Buffer.alloc(100_000, index));
    let written = 0;
    const writing = (async () => {
      for (const chunk of chunks) {
        written += 1;
        if (!source.write(chunk)) await new Promise((resolve) => source.once('drain', resolve));
      }
      source.end();
    })();
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(written).toBeLessThan(10);
    expect(await buffer(stream)).toEqual(Buffer.concat(chunks));
    await writing;
  });

  it('fails where nothing comes while somebody waits', async () => {
    const source = new PassThrough();
    const stream = new ObjectStream(source, 20, named);
    source.write('a beginning');
    await expect(buffer(stream)).rejects.toThrow('named: No bytes came for 20 ms.');
    expect(source.destroyed).toBe(true);
  });

  it('fails where the source breaks or closes early, in the words it is given', async () => {
    const broken = new PassThrough();
    const reading = buffer(new ObjectStream(broken, 10_000, named));
    broken.destroy(new Error('reset'));
    await expect(reading).rejects.toThrow('named: reset');
    const closed = new PassThrough();
    const other = buffer(new ObjectStream(closed, 10_000, named));
    closed.destroy();
    await expect(other).rejects.toThrow('named: The connection was closed before the end');
  });

  it('lets go of the source when it is not wanted any more', async () => {
    const source = new PassThrough();
    const stream = new ObjectStream(source, 10_000, named);
    stream.destroy();
    await turn();
    expect(source.destroyed).toBe(true);
  });
});
