import type { PassageRepository } from '../../ports/repositories/passage.repository.port.js';
import { analyzeAll } from '../search/analysis.js';

/** Read at once: some half a megabyte of usual passages. */
const PASSAGES_AT_ONCE = 500;

/**
 * Which of these objects have a passage with every one of the words. All passages are read, and whole: those that a search shows are the
 * ones with the most of some word, and of long fields an excerpt, neither of which need be the one that has them all. One statement, and
 * one for each portion of passages.
 * @param words analysed
 */
export async function objectsWithEvery(
  words: ReadonlySet<string>,
  passages: Pick<PassageRepository, 'keysOfObjects' | 'findByIds'>,
  tenantId: string,
  objectIds: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const found = new Set<string>();
  if (objectIds.length === 0) return found;
  let keys = await passages.keysOfObjects(tenantId, objectIds, null);
  while (keys.length > 0) {
    signal.throwIfAborted();
    const read = await passages.findByIds(tenantId, keys.slice(0, PASSAGES_AT_ONCE).map(({ id }) => id));
    const texts = await analyzeAll(read.map(({ text }) => text));
    read.forEach(({ objectId }, i) => {
      if (hasEvery(words, texts[i]!)) found.add(objectId);
    });
    keys = keys.slice(PASSAGES_AT_ONCE).filter(({ objectId }) => !found.has(objectId));
  }
  return found;
}

function hasEvery(words: ReadonlySet<string>, terms: readonly string[]): boolean {
  const present = new Set(terms);
  return [...words].every((word) => present.has(word));
}
