import pLimit from 'p-limit';
import { batches } from '../../domain/batches.js';
import type { Json, JsonObject } from '../../domain/model.js';
import { ExtractionError, type Extraction } from '../../ports/media.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { portionsOf } from '../shared/portions.js';
import { attempt, isAlive, isExtracted, leaseOf, PROGRESS, warningsOf, type WorkItem } from './work-item.js';

/** Files read at once by one batch; the readers' own threads bound the rest. */
const FILES_AT_ONCE = 4;

type Dependencies = Pick<ServiceDependencies, 'database' | 'objectStore' | 'media'>;
type Extracted = [WorkItem, Pick<Extraction, 'text' | 'pages' | 'blocks' | 'facts'>];

/** EXTRACT: what can be read out of each content, kept with its row so that a later stage can begin here again. */
export async function extractStage(deps: Dependencies, items: readonly WorkItem[], signal: AbortSignal): Promise<void> {
  const limit = pLimit(FILES_AT_ONCE);
  const extracted = new Map<WorkItem, Awaited<ReturnType<Dependencies['media']['extract']>>>();
  await Promise.all(
    items.filter((item) => isAlive(item) && !isExtracted(item)).map((item) =>
      limit(() =>
        attempt(item, async () => {
          const file = await deps.objectStore.localFile(item.object.storageKey, signal);
          try {
            const { type, mimeType, filename, fileSize } = item.object;
            const extraction = await deps.media.extract({ path: file.path, type, mimeType, filename, fileSize, signal });
            item.warnings.push(...extraction.warnings);
            extraction.facts = storable(extraction.facts) as JsonObject;
            if (extraction.text !== null && extraction.text.trim() === '') extraction.text = null;
            if (extraction.text === null && type === 'TEXT') throw new ExtractionError('NO_CONTENT', 'The text holds nothing but white space.');
            extracted.set(item, extraction);
            item.extraction = extraction;
          } finally {
            await file.release();
          }
        }),
      ),
    ),
  );
  await save(deps, extracted);
  await recall(deps, items.filter((item) => isAlive(item) && isExtracted(item)));
}

/** Resuming behind EXTRACT: the text is read where the earlier attempt left it. */
async function recall(deps: Dependencies, items: readonly WorkItem[]): Promise<void> {
  for (const [tenantId, ofTenant] of Map.groupBy(items, (item) => item.object.tenantId)) {
    const texts = new Map((await deps.database.objects.findTexts(tenantId, ofTenant.map((item) => item.object.id))).map((text) => [text.objectId, text]));
    for (const item of ofTenant) item.extraction = texts.get(item.object.id) ?? { text: null, pages: [], blocks: [] };
  }
}

async function save(deps: Dependencies, extracted: Iterable<Extracted>): Promise<void> {
  for (const [tenantId, ofTenant] of Map.groupBy([...extracted], ([item]) => item.object.tenantId)) {
    for (const entries of batches(ofTenant, () => portionsOf(deps.database).extracted)) await saveSome(deps, tenantId, entries);
  }
}

async function saveSome(deps: Dependencies, tenantId: string, entries: readonly Extracted[]): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const held = new Set((await tx.ingestions.lockLeases(entries.map(([item]) => leaseOf(item)))).map((lease) => lease.ingestionId));
    const ours = entries.filter(([item]) => held.has(item.ingestion.id));
    if (ours.length === 0) return;
    await Promise.all([
      tx.objects.saveExtraction(
        tenantId,
        ours.map(([item, { text, pages, blocks = [], facts }]) => ({ objectId: item.object.id, facts, text: text === null ? null : { objectId: item.object.id, text, pages, blocks } })),
      ),
      // Now, since an attempt that resumes behind this stage does not read the content again.
      tx.ingestions.addWarnings(warningsOf(ours.map(([item]) => item))),
      tx.ingestions.advance(ours.map(([item]) => leaseOf(item)), { stage: 'EMBED', progress: PROGRESS.EMBED }),
    ]);
  });
  for (const [item, { facts }] of entries) item.object = { ...item.object, facts };
}

/** What files say about themselves may hold characters that the database's JSON cannot: they are taken out. */
function storable(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replaceAll('\0', '').toWellFormed(), storable(inner)]));
}
