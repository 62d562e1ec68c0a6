import { isDeepStrictEqual } from 'node:util';
import type { App } from '../../src/app/compose.js';
import { FIRST, SECOND } from './second-model.js';

interface Row extends Record<string, unknown> {
  id: string;
  tenant_id: string;
  status: string | null;
  passage_id: string;
  annotation_id: string | null;
  model_name: string;
  details: Record<string, unknown>;
}

/**
 * What holds from READY on: a READY object, and each caption and transcript of any other, has an embedding of either model for each of
 * its passages and no other, and the second's vector is of the very text that the first's is of. Nothing else has embeddings.
 * @returns a sentence for each thing that is wrong
 */
export async function unlike(app: App): Promise<string[]> {
  const found: string[] = [];
  const rows = await app.engine.sql.query<Row>(
    `SELECT e.id, e.tenant_id, o.status, e.passage_id, p.annotation_id, e.model_name, e.metadata - 'revision' AS details
       FROM embeddings e LEFT JOIN data_objects o ON o.id = e.object_id LEFT JOIN passages p ON p.id = e.passage_id WHERE e.model_name = ANY($1::text[])`,
    [[FIRST, SECOND]],
  );
  for (const row of rows) if (row.status !== 'READY' && row.annotation_id === null) found.push(`an embedding of an object that is ${row.status ?? 'gone'}: ${row.id}`);
  for (const [passageId, ofPassage] of Map.groupBy(rows, (row) => row.passage_id)) {
    const [first, second, ...more] = ofPassage.toSorted((left, right) => (left.model_name < right.model_name ? -1 : 1));
    if (first?.model_name !== FIRST || second?.model_name !== SECOND || more.length > 0) {
      found.push(`the passage ${passageId} has embeddings of ${ofPassage.map((row) => row.model_name).join(', ')}`);
      continue;
    }
    if (!isDeepStrictEqual(first.details, second.details)) found.push(`the embeddings of ${passageId} tell of different places`);
    const [one] = (await app.deps.vectors.fetch(first.tenant_id, { model: FIRST, dimensions: 384 }, [first.id])).values();
    const [other] = (await app.deps.vectors.fetch(second.tenant_id, { model: SECOND, dimensions: 384 }, [second.id])).values();
    // The model's numbers depend a little on what else it embeds at the time.
    const cosine = one === undefined || other === undefined ? 0 : other.toReversed().reduce((sum, value, i) => sum + value * one[i]!, 0);
    if (cosine < 0.97) found.push(`the vectors of ${passageId} are of different texts, or are not there: ${cosine}`);
  }
  const bare = await app.engine.sql.query<{ id: string }>(
    `SELECT p.id FROM passages p JOIN data_objects o ON o.id = p.object_id WHERE ((o.status = 'READY' AND p.kind = 'content') OR p.annotation_id IS NOT NULL) AND NOT EXISTS (SELECT FROM embeddings e WHERE e.passage_id = p.id)`,
  );
  for (const { id } of bare) found.push(`a passage without embeddings: ${id}`);
  return found;
}
