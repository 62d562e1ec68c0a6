import type { VectorDatabaseConfig } from '../../config/config.js';

/** Where a store is, in words and without secrets: two configurations of one place are one store. */
export function placeOf(settings: VectorDatabaseConfig): string {
  switch (settings.provider) {
    case 'pgvector':
      return 'the database';
    case 'weaviate':
      return `${settings.weaviate.url}, ${settings.weaviate.collectionPrefix}`;
    case 'chroma':
      return `${settings.chroma.url}, ${settings.chroma.tenant}/${settings.chroma.database}, ${settings.chroma.collectionPrefix}`;
    case 'pinecone':
      return `${settings.pinecone.url}, ${settings.pinecone.index}`;
  }
}
