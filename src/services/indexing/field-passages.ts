import { v7 as uuidv7 } from 'uuid';
import type { Json } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import { analyzeTerms } from '../search/analysis.js';

/** Characters of one object's fields that are searched; a novel among the metadata does not become an index of its own. */
const LONGEST_FIELDS = 20_000;

/**
 * Writes anew the `fields` passage of each object: its filename, metadata strings and people's annotation texts, found by
 * words alone. What system annotators say repeats the content, and would count it twice. A fixed number of statements.
 */
export async function refreshFieldPassages(
  tx: Transaction,
  keywords: KeywordIndex,
  tenantId: string,
  objectIds: readonly string[],
): Promise<void> {
  if (objectIds.length === 0) return;
  const old = await tx.passages.keysOfObjects(tenantId, objectIds, 'fields');
  if (old.length > 0) {
    await keywords.remove(tenantId, old.map((key) => ({ passageId: key.id, ordinal: key.ordinal })), tx);
    await tx.passages.delete(tenantId, old.map((key) => key.id));
  }
  const sources = await tx.passages.fieldSources(tenantId, objectIds);
  const passages = sources
    .map((source) => ({ objectId: source.objectId, text: fieldText(source) }))
    .filter((fields) => fields.text.length > 0)
    .map((fields) => ({
      id: uuidv7(), tenantId, objectId: fields.objectId, kind: 'fields' as const, position: 0, text: fields.text,
      start: 0, end: 0, page: null, startSeconds: null, context: null, annotationId: null,
    }));
  const keys = await tx.passages.insert(passages);
  const textOf = new Map(passages.map((passage) => [passage.id, passage.text]));
  const documents = keys
    .map((key) => ({ passageId: key.id, ordinal: key.ordinal, objectId: key.objectId, terms: analyzeTerms(textOf.get(key.id)!) }))
    .filter((document) => document.terms.length > 0);
  if (documents.length > 0) await keywords.index(tenantId, documents, tx);
}

function fieldText(source: { filename: string | null; metadata: Json; annotations: Json[] }): string {
  const strings = [source.filename ?? '', ...stringsOf(source.metadata), ...source.annotations.flatMap(stringsOf)];
  return strings.map((text) => text.trim()).filter((text) => text.length > 0).join('\n').slice(0, LONGEST_FIELDS);
}

function stringsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(stringsOf);
  return [];
}
