import type { IngestionErrorCode, IngestionStage, IngestionStatus } from '../../domain/model.js';
import { defineEnum } from '../define-enum.js';

export const IngestionStatusEnum = defineEnum<IngestionStatus>('IngestionStatus', 'How an ingestion stands.', {
  QUEUED: 'Waiting for a worker, or for its next attempt.',
  RUNNING: 'A worker is at it.',
  SUCCEEDED: 'Everything is done.',
  FAILED: 'Given up; `error` says why.',
});

export const IngestionStageEnum = defineEnum<IngestionStage>('IngestionStage', 'The stages of an ingestion, in order.', {
  STORE: 'The bytes are hashed and stored.',
  EXTRACT: 'Text, facts and moments are read out of them.',
  EMBED: 'Passages, pictures or sounds become vectors.',
  INDEX: 'Vectors and words go into the indexes; after this the object is READY.',
  ANNOTATE: 'The server’s own annotators look at it. A failure here is a warning.',
  DONE: 'Nothing is left to do.',
});

export const IngestionErrorCodeEnum = defineEnum<IngestionErrorCode>('IngestionErrorCode', 'Why content could not be taken in. New values may come: treat one that you do not know as INTERNAL.', {
  DAMAGED: 'The bytes are cut off or broken.',
  ENCRYPTED: 'It needs a password.',
  NO_CONTENT: 'There is nothing in it.',
  TOO_LARGE: 'Reading it would take more memory, pixels or pages than is allowed.',
  UNSUPPORTED: 'Its format is not one that can be read here.',
  MODEL_UNAVAILABLE: 'The embedding model cannot run here at present.',
  TIMEOUT: 'Reading it took too long.',
  WORKER_DIED: 'The process that worked at it died, more than once.',
  DEPENDENCY_UNAVAILABLE: 'A store or the database did not answer.',
  INTERNAL: 'A fault of the server.',
});
