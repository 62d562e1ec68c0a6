/** The kinds of id that the API shows, each with the prefix of its TypeID. */
export const ID_PREFIXES = {
  DataObject: 'obj',
  Annotation: 'ann',
  Embedding: 'emb',
  Aggregation: 'agg',
  Ingestion: 'ing',
  UploadSession: 'upl',
} as const;
export type EntityName = keyof typeof ID_PREFIXES;
export type IdPrefix = (typeof ID_PREFIXES)[EntityName];
