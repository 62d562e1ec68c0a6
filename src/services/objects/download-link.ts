import { badInput, notRestored } from '../../domain/errors.js';
import type { DataObject } from '../../domain/model.js';
import type { Disposition, SignedLink } from '../../domain/operations.js';
import type { ObjectStore } from '../../ports/object-store.port.js';

/** Seven days, as long as S3 signs for. */
const LONGEST_LINK_SECONDS = 604_800;

/** What a browser would run as a document of the store's own origin. */
const NEVER_INLINE = /^(text\/html|text\/xml|application\/xml|[^;]*\+xml|text\/javascript|application\/javascript)(;|$)/i;

/**
 * @param options.expiresIn seconds, 1 to 604,800
 * @returns null where the store has no such bytes. HTML, SVG and other XML are attachments whatever was asked for.
 * @throws NOT_RESTORED for what lies in the archive
 */
export async function signDownloadLink(
  store: Pick<ObjectStore, 'head' | 'signDownload'>,
  object: DataObject,
  options: { expiresIn: number; disposition: Disposition },
): Promise<SignedLink | null> {
  const { expiresIn } = options;
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > LONGEST_LINK_SECONDS) {
    throw badInput(`"expiresIn" is ${expiresIn}; it must be a whole number of seconds from 1 to ${LONGEST_LINK_SECONDS}.`, ['expiresIn']);
  }
  if (object.storageTier === 'ARCHIVE' && object.restoreState !== 'AVAILABLE') throw notRestored(object.id);
  if ((await store.head(object.storageKey)) === null) return null;
  return store.signDownload(object.storageKey, {
    expiresIn,
    disposition: NEVER_INLINE.test(object.mimeType) ? 'ATTACHMENT' : options.disposition,
    filename: object.filename,
    contentType: object.mimeType,
  });
}
