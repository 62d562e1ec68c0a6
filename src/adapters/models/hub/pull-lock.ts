import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fsNative from 'fs-native-extensions';

const LOOK_MS = 250;

/**
 * Holds a lock file, which the operating system lets go of when the process ends, however it ends.
 * @param onWait called once where another process has it
 * @returns lets go of it
 */
export async function holdLock(path: string, signal: AbortSignal, onWait: (holder: string) => void): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  try {
    for (let told = false; !fsNative.tryLock(file.fd); told = true) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
      if (!told) onWait(buffer.toString('utf8', 0, bytesRead).trim());
      await pause(LOOK_MS, undefined, { signal });
    }
    await file.truncate(0);
    await file.write(`${process.pid}\n`);
    return () => file.close();
  } catch (error) {
    await file.close();
    throw error;
  }
}
