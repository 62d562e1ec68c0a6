import type { DataType, ObjectStatus, RestoreState, StorageTier } from '../../domain/model.js';
import type { Disposition, ObjectOrderField, OrderDirection } from '../../domain/operations.js';
import { defineEnum } from '../define-enum.js';

export const DataTypeEnum = defineEnum<DataType>('DataType', 'What kind of content an object is. Its bytes decide, not its name.', {
  TEXT: 'Plain text of any encoding.',
  IMAGE: 'A still picture: PNG, JPEG, WebP, GIF, AVIF, TIFF and others.',
  AUDIO: 'Sound: MP3, WAV, FLAC, Ogg, M4A and others.',
  VIDEO: 'Moving pictures, with or without sound: MP4, WebM, MOV and others.',
  DOCUMENT: 'Structured text: PDF, DOCX, HTML, Markdown, CSV, JSON.',
});

export const ObjectStatusEnum = defineEnum<ObjectStatus>('ObjectStatus', 'How far an object is on its way to being found.', {
  PROCESSING: 'Stored; being read, embedded and indexed.',
  READY: 'Found by search. Annotation may still follow.',
  FAILED: 'Kept as bytes, but it could not be read; `ingestion.error` says why.',
});

export const StorageTierEnum = defineEnum<StorageTier>('StorageTier', 'How near the bytes are kept.', {
  STANDARD: 'At hand.',
  INFREQUENT_ACCESS: 'At hand, cheaper to keep and dearer to read.',
  ARCHIVE: 'Must be restored before it can be read.',
});

export const RestoreStateEnum = defineEnum<RestoreState>('RestoreState', 'Whether archived bytes can be read at present.', {
  NONE: 'Not archived, or not being restored.',
  IN_PROGRESS: 'A restore is under way.',
  AVAILABLE: 'Restored for a while.',
});

export const DispositionEnum = defineEnum<Disposition>('Disposition', 'What a browser does with a download.', {
  ATTACHMENT: 'Saves it as a file.',
  INLINE: 'Shows it, where its type is harmless: png, jpeg, webp, gif, mp3, wav, mp4, webm. HTML and SVG are always saved.',
});

export const DataObjectOrderFieldEnum = defineEnum<ObjectOrderField>('DataObjectOrderField', 'What a list of objects is ordered by.', {
  CREATED_AT: 'When it was taken in.',
  UPDATED_AT: 'When its metadata, filename, content or status last changed.',
  FILE_SIZE: 'Bytes of the original content.',
  FILENAME: 'Its name, by code points; objects without one come last in either direction.',
});

export const OrderDirectionEnum = defineEnum<OrderDirection>('OrderDirection', 'Rising or falling; nulls are last in both.', {
  ASC: 'Smallest, oldest or first in the alphabet first.',
  DESC: 'Largest, newest or last in the alphabet first.',
});
