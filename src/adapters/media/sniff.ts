import { extname } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import type { DataType } from '../../domain/model.js';
import type { Sniffed } from '../../ports/media.port.js';
import { DOCX } from './media-types.js';
import { holdsOnlySound, isEncryptedOffice } from './sniff-containers.js';
import { looksLikeText } from './text-decoding.js';

const CONTAINERS: Readonly<Record<string, { film: string; sound: string }>> = {
  'video/mp4': { film: 'video/mp4', sound: 'audio/mp4' },
  'video/x-m4v': { film: 'video/mp4', sound: 'audio/mp4' },
  'video/3gpp': { film: 'video/3gpp', sound: 'audio/3gpp' },
  'video/3gpp2': { film: 'video/3gpp2', sound: 'audio/3gpp2' },
  'video/quicktime': { film: 'video/quicktime', sound: 'audio/mp4' },
  'video/webm': { film: 'video/webm', sound: 'audio/webm' },
  'video/matroska': { film: 'video/matroska', sound: 'audio/matroska' },
};

/** What the product reads, by the detector's name; everything else that is binary is unknown here. */
const BINARIES: Readonly<Record<string, Sniffed>> = {
  'application/pdf': { type: 'DOCUMENT', mimeType: 'application/pdf' },
  [DOCX]: { type: 'DOCUMENT', mimeType: DOCX },
  'application/vnd.ms-word.document.macroenabled.12': { type: 'DOCUMENT', mimeType: DOCX },
  'image/png': { type: 'IMAGE', mimeType: 'image/png' },
  'image/apng': { type: 'IMAGE', mimeType: 'image/png' },
  'image/jpeg': { type: 'IMAGE', mimeType: 'image/jpeg' },
  'image/webp': { type: 'IMAGE', mimeType: 'image/webp' },
  'image/gif': { type: 'IMAGE', mimeType: 'image/gif' },
  'image/tiff': { type: 'IMAGE', mimeType: 'image/tiff' },
  'image/bmp': { type: 'IMAGE', mimeType: 'image/bmp' },
  'image/avif': { type: 'IMAGE', mimeType: 'image/avif' },
  'image/heic': { type: 'IMAGE', mimeType: 'image/heic' },
  'image/heif': { type: 'IMAGE', mimeType: 'image/heif' },
  'image/heic-sequence': { type: 'IMAGE', mimeType: 'image/heic' },
  'image/heif-sequence': { type: 'IMAGE', mimeType: 'image/heif' },
  'audio/wav': { type: 'AUDIO', mimeType: 'audio/wav' },
  'audio/mpeg': { type: 'AUDIO', mimeType: 'audio/mpeg' },
  'audio/ogg': { type: 'AUDIO', mimeType: 'audio/ogg' },
  'audio/ogg; codecs=opus': { type: 'AUDIO', mimeType: 'audio/ogg' },
  'audio/flac': { type: 'AUDIO', mimeType: 'audio/flac' },
  'audio/mp4': { type: 'AUDIO', mimeType: 'audio/mp4' },
  'audio/x-m4a': { type: 'AUDIO', mimeType: 'audio/mp4' },
  'audio/aac': { type: 'AUDIO', mimeType: 'audio/aac' },
  'audio/aiff': { type: 'AUDIO', mimeType: 'audio/aiff' },
  'video/vnd.avi': { type: 'VIDEO', mimeType: 'video/x-msvideo' },
};

/** Text all of them: only a name can tell them apart. Anything else that is text is `text/plain`. */
const TEXTS: Readonly<Record<string, readonly [DataType, string]>> = {
  '.md': ['DOCUMENT', 'text/markdown'],
  '.markdown': ['DOCUMENT', 'text/markdown'],
  '.html': ['DOCUMENT', 'text/html'],
  '.htm': ['DOCUMENT', 'text/html'],
  '.xhtml': ['DOCUMENT', 'text/html'],
  '.csv': ['DOCUMENT', 'text/csv'],
  '.tsv': ['DOCUMENT', 'text/tab-separated-values'],
  '.json': ['DOCUMENT', 'application/json'],
  '.geojson': ['DOCUMENT', 'application/json'],
  '.jsonl': ['DOCUMENT', 'application/x-ndjson'],
  '.ndjson': ['DOCUMENT', 'application/x-ndjson'],
  '.xml': ['DOCUMENT', 'application/xml'],
  '.svg': ['DOCUMENT', 'image/svg+xml'],
};

/**
 * What the bytes are. A binary format is known by its bytes alone, whatever the name says; among text formats, which have
 * no marks of their own, the name's extension decides, and without one it is plain text.
 *
 * @param head the first 64 KiB, or all there is
 * @returns null for a binary format that is not read here
 */
export async function sniffMedia(head: Uint8Array, filename: string | null): Promise<Sniffed | null> {
  const extension = filename === null ? '' : extname(filename).toLowerCase();
  const found = await detectBinary(head);
  if (found === 'application/x-cfb') return isEncryptedOffice(head, extension) ? { type: 'DOCUMENT', mimeType: DOCX } : null;
  const container = found === undefined ? undefined : CONTAINERS[found];
  if (container !== undefined) {
    const sound = await holdsOnlySound(head);
    return sound ? { type: 'AUDIO', mimeType: container.sound } : { type: 'VIDEO', mimeType: container.film };
  }
  const binary = found === undefined ? undefined : BINARIES[found];
  if (binary !== undefined) return { ...binary };
  // The detector also knows formats that are text (XML, calendars, subtitles), so its word alone does not make a binary.
  if (!looksLikeText(head)) return null;
  const [type, mimeType] = TEXTS[extension] ?? ['TEXT', 'text/plain'];
  return { type, mimeType };
}

async function detectBinary(head: Uint8Array): Promise<string | undefined> {
  if (head.length === 0) return undefined;
  try {
    return (await fileTypeFromBuffer(head))?.mime ?? markOf(head);
  } catch {
    // A head that ends within a structure which the detector follows is simply not recognised by it.
    return markOf(head);
  }
}

/** TIFF and BigTIFF in either byte order. The detector wants to see the directory, which most writers put at the file's end. */
const TIFF_MARKS = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];

const markOf = (head: Uint8Array): string | undefined => (TIFF_MARKS.includes(Buffer.from(head.subarray(0, 4)).toString('latin1')) ? 'image/tiff' : undefined);
