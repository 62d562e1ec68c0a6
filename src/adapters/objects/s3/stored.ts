import type { StoredObject } from '../../../ports/object-store.port.js';

/** Etags travel in quotes. */
export const unquoted = (etag: string | undefined): string => (etag ?? '').replace(/^"(.*)"$/, '$1');

/** Headers give whole seconds, bodies give more: the same object must always be of the same time. */
export function storedOf(
  key: string,
  about: { size: number | undefined; etag: string | undefined; modifiedAt: Date | undefined },
): StoredObject {
  const milliseconds = about.modifiedAt?.getTime() ?? Date.now();
  return {
    key,
    size: about.size ?? 0,
    etag: unquoted(about.etag),
    modifiedAt: new Date(Math.floor(milliseconds / 1_000) * 1_000),
  };
}
