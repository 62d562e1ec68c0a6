import { ID_PREFIXES, isUuid, type EntityName } from './ids.js';
import { encodeTypeId } from './type-id.js';

/**
 * Every failure that a caller can act on. The names are those of the public `ErrorCode` enum;
 * `extensions.code` of a GraphQL error carries the same word.
 */
export const ERROR_CODES = [
  'BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA', 'CONTENT_MISMATCH', 'UPLOAD_EXPIRED', 'CURSOR_EXPIRED', 'NOT_RESTORED', 'NOT_CONFIGURED',
  'DEPENDENCY_UNAVAILABLE', 'RATE_LIMITED', 'TOO_COMPLEX', 'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** Where in the input, from the argument's name inwards: `['input', 'metadata']`. */
  path?: readonly (string | number)[];
  /** Anything else that a client can use: `dependency`, `retryable`, `feature`, `setting`. */
  extensions?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/**
 * A failure whose message may leave the process. It says what was wrong and what would be right, and holds no SQL,
 * no file path and no secret; those belong into `cause`, which is logged and never sent.
 */
export class StrataError extends Error {
  readonly code: ErrorCode;
  readonly path: readonly string[];
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StrataError';
    this.code = code;
    this.path = (details.path ?? []).map(String);
    this.extensions = details.extensions ?? {};
  }
}

type Path = ErrorDetails['path'];

export const badInput = (message: string, path?: Path) => new StrataError('BAD_USER_INPUT', message, { path });
export const unauthenticated = (message = 'This server needs an API key. Send it as "Authorization: Bearer <key>".') =>
  new StrataError('UNAUTHENTICATED', message);
export const forbidden = (message: string, path?: Path) => new StrataError('FORBIDDEN', message, { path });
/** @param what an entity's name, and then `id` is a UUID and shown as the API shows it; or any words */
export const notFound = (what: EntityName | (string & {}), id: string, path?: Path) =>
  new StrataError('NOT_FOUND', `There is no ${wordsFor(what)} "${publicId(what, id)}".`, { path });
export const conflict = (message: string, path?: Path) => new StrataError('CONFLICT', message, { path });
export const payloadTooLarge = (message: string, path?: Path) => new StrataError('PAYLOAD_TOO_LARGE', message, { path });
export const unsupportedMedia = (message: string, path?: Path) => new StrataError('UNSUPPORTED_MEDIA', message, { path });
export const contentMismatch = (message: string, path?: Path) => new StrataError('CONTENT_MISMATCH', message, { path });
/** @param id plain UUID */
export const uploadExpired = (id: string) =>
  new StrataError('UPLOAD_EXPIRED', `The upload "${publicId('UploadSession', id)}" has expired. Create a new one.`);
export const cursorExpired = (message: string, path: Path = ['after']) => new StrataError('CURSOR_EXPIRED', message, { path });
/** @param id of the object, plain UUID */
export const notRestored = (id: string) =>
  new StrataError('NOT_RESTORED', `The object "${publicId('DataObject', id)}" lies in the archive. It must be restored before it can be read.`);
export const tooComplex = (message: string) => new StrataError('TOO_COMPLEX', message);
/** @param retryAfterSeconds from when on it is worth another try; whole seconds, for a `Retry-After` header too */
export const rateLimited = (message: string, retryAfterSeconds?: number) =>
  new StrataError('RATE_LIMITED', message, retryAfterSeconds === undefined ? {} : { extensions: { retryAfterSeconds, retryable: true } });

/**
 * @param setting the configuration key that brings the feature, e.g. `embedding.models`
 * @param remedy a sentence that says what brings it; left out, the setting does
 */
export const notConfigured = (feature: string, setting: string, path?: Path, remedy = `The setting "${setting}" brings it.`) =>
  new StrataError('NOT_CONFIGURED', `${feature} is not configured here. ${remedy}`, {
    path,
    extensions: { feature, setting },
  });

/** For what the API names and this version cannot do yet. @param setting the one that will bring it */
export const notInThisVersion = (feature: string, setting: string, path?: Path) =>
  new StrataError('NOT_CONFIGURED', `${feature} is not part of this version. A later one brings it, with the setting "${setting}".`, {
    path,
    extensions: { feature, setting },
  });

/** @param dependency the part that did not answer: `database`, `objects`, `vectors`, `keywords`, `cache`, `queue`, `models` */
export const dependencyUnavailable = (dependency: string, cause: unknown) =>
  new StrataError('DEPENDENCY_UNAVAILABLE', `The ${dependency} did not answer. Try again in a moment.`, {
    extensions: { dependency, retryable: true },
    cause,
  });

/**
 * The database is there, and ended a statement that took, or waited, longer than it may.
 * @param sentence what happened, and what to do
 */
export const databaseTimeout = (sentence: string, cause: unknown) =>
  new StrataError('DEPENDENCY_UNAVAILABLE', sentence, { extensions: { dependency: 'database', retryable: true, timedOut: true }, cause });

/** What was asked may itself be what takes so long: another try is worth it, and not for ever. */
export const isTimeout = (error: unknown): error is StrataError => isUnavailable(error) && error.extensions.timedOut === true;

/**
 * A file that somebody searches with needs more time than a search has.
 * @param work as in `Reading and embedding "talk.mp3"`
 */
export const outOfTime = (work: string, seconds: number, path: Path, cause: unknown) =>
  new StrataError('DEPENDENCY_UNAVAILABLE', `${work} took longer than the ${Math.round(seconds * 10) / 10} s that a search has for it. Search with a shorter file, or again when less is under way.`, {
    path,
    extensions: { dependency: 'models', retryable: true },
    cause,
  });

/** What to do where vectors are here of other files than a model has now. */
export const KEEP_MODELS_APART =
  'Vectors of two models are never compared: put the former files back, or give the new ones another name under embedding.models (name, path) and change to that model.';

/** Vectors of another revision than those that are here were not written. Another process may have the files that they are of. */
export const otherRevisionHere = (sentence: string, cause: unknown) =>
  new StrataError('DEPENDENCY_UNAVAILABLE', sentence, { extensions: { dependency: 'model revisions', retryable: true }, cause });

/**
 * A model runs, and what it answers must not be kept. It stays that way until a person has put other weights in its place.
 * @param did what it answered, as in `answered a vector of zeros`
 */
export const unusableModel = (name: string, did: string) =>
  new StrataError('NOT_CONFIGURED', `The model "${name}" ${did}. Nothing of it was kept; its weights are damaged, or are not what the name says.`, {
    extensions: { dependency: 'models', feature: `The embedding model "${name}"`, setting: 'embedding.models' },
  });

/** The model answered what must not be kept: other words, pictures or models may do. */
export const isUnusableModel = (error: unknown): error is StrataError => isStrataError(error) && error.extensions.dependency === 'models' && !isUnavailable(error);

/** For what cannot happen: logged with its cause, masked towards the client. */
export const internal = (message: string, cause?: unknown) => new StrataError('INTERNAL_SERVER_ERROR', message, { cause });

export const isStrataError = (error: unknown): error is StrataError => error instanceof StrataError;

/** Something this program depends on did not answer: it may, the next time. */
export const isUnavailable = (error: unknown): error is StrataError => isStrataError(error) && error.code === 'DEPENDENCY_UNAVAILABLE';

const ENTITY_WORDS: Record<EntityName, string> = {
  DataObject: 'object', Annotation: 'annotation', Embedding: 'embedding', Aggregation: 'aggregation', Ingestion: 'ingestion',
  UploadSession: 'upload', ModelChange: 'model change', SavedSearch: 'saved search',
};
const isEntity = (what: string): what is EntityName => Object.hasOwn(ENTITY_WORDS, what);
const wordsFor = (what: string) => (isEntity(what) ? ENTITY_WORDS[what] : what);
/** UUIDs are ours alone; a client knows a thing by its TypeID. */
export const publicId = (what: string, id: string) => (isEntity(what) && isUuid(id) ? encodeTypeId(ID_PREFIXES[what], id) : id);
