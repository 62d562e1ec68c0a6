/** The kinds of id that the API shows, each with the prefix of its TypeID. */
export const ID_PREFIXES = {
  DataObject: 'obj',
  Annotation: 'ann',
  Embedding: 'emb',
  Aggregation: 'agg',
  Ingestion: 'ing',
  UploadSession: 'upl',
  ModelChange: 'mch',
  SavedSearch: 'ssr',
} as const;
export type EntityName = keyof typeof ID_PREFIXES;
export type IdPrefix = (typeof ID_PREFIXES)[EntityName];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** In the one form that is used here: lower case, with hyphens. */
export const isUuid = (text: string): boolean => UUID.test(text);
