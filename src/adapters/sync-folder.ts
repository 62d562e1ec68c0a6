import { open } from 'node:fs/promises';

/** A rename is durable only once the folder is. Windows cannot open folders, and does not need to. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
