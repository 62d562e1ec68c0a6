import type { VectorStoreCapabilities } from '../../ports/vector-store.port.js';
import type { CheckedSearch } from './search-request.js';

/**
 * What the reader should know, though nothing failed.
 * @param asked how many questions the vector leg was asked
 */
export function remarks(search: CheckedSearch, { lagSeconds }: VectorStoreCapabilities, asked: number, terms: readonly string[] | null): string[] {
  return [
    ...(search.wordless ? ['No active embedding model reads words; the search ran by keywords alone.'] : []),
    ...(terms?.length === 0 ? ['The query holds nothing but stop words and signs; the keyword leg found nothing.'] : []),
    ...(asked > 0 && lagSeconds > 0 ? [`The vector store shows writes after up to ${lagSeconds} s; what was written just now may be missing.`] : []),
  ];
}
