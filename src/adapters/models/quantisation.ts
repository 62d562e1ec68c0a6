import { open } from 'node:fs/promises';

/** The names of all operators that find a scale for a whole tensor while they run, and of no other. */
const OPERATOR = Buffer.from('DynamicQuantize');
const CHUNK = 4 * 1024 * 1024;

/**
 * Whether a model's activations are quantised while it runs, with one scale for all rows of a run: then a row's result depends on
 * its neighbours. Told by the operators' names in the file, which stand in it as plain text; read a chunk at a time.
 */
export async function quantisesDynamically(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(CHUNK);
    // What might be a name's beginning stays in front of the next chunk.
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK - kept);
      if (bytesRead === 0) return false;
      const filled = kept + bytesRead;
      if (buffer.subarray(0, filled).includes(OPERATOR)) return true;
      kept = Math.min(filled, OPERATOR.length - 1);
      buffer.copyWithin(0, filled - kept, filled);
    }
  } finally {
    await file.close();
  }
}
