import { badInput } from '../../domain/errors.js';
import { parseMetadataPath } from '../../domain/filters.js';
import type { FacetField, FacetRequest } from '../../ports/repositories/facet.repository.port.js';

const PLAIN_FIELDS = ['type', 'mimeType', 'label', 'annotatorId'] as const;
const DOCUMENTS = ['metadata', 'facts'] as const;
const MOST_FACETS = 20;
const MOST_BUCKETS = 100;

/** Facets as they were asked for, with what they mean. @throws BAD_USER_INPUT */
export function readFacets(asked: readonly { field: string; limit: number }[]): { field: string; request: FacetRequest }[] {
  if (asked.length > MOST_FACETS) throw badInput(`${asked.length} facets were asked for; at most ${MOST_FACETS} at once.`, ['input', 'facets']);
  return asked.map(({ field, limit }, index) => {
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_BUCKETS) {
      throw badInput(`"limit" is ${limit}; it must be a whole number from 1 to ${MOST_BUCKETS}.`, ['input', 'facets', index, 'limit']);
    }
    return { field, request: { field: readField(field, index), limit } };
  });
}

function readField(field: string, index: number): FacetField {
  const plain = PLAIN_FIELDS.find((name) => name === field);
  if (plain !== undefined) return { kind: plain };
  const document = DOCUMENTS.find((name) => field.startsWith(`${name}.`) && field.length > name.length + 1);
  if (document !== undefined) return { kind: document, path: parseMetadataPath(field.slice(document.length + 1)) };
  const known = [...PLAIN_FIELDS, ...DOCUMENTS.map((name) => `${name}.<path>`)].join(', ');
  throw badInput(`Nothing can be counted by "${field}". The fields are ${known}.`, ['input', 'facets', index, 'field']);
}
