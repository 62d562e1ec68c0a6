import type { DataObject, IngestionStage } from '../../domain/model.js';
import type { MediaVector } from '../../ports/embedder.port.js';
import type { Extraction } from '../../ports/media.port.js';
import type { Lease, LeasedIngestion } from '../../ports/repositories/ingestion.repository.port.js';

/** One passage with its vectors, ready to be written. */
export interface PreparedPassage {
  start: number;
  end: number;
  text: string;
  context: string | null;
  page: number | null;
  startSeconds: number | null;
  vectors: { model: string; vector: Float32Array }[];
}

/** One object on its way through the stages. A stage fills in what the next one needs. */
export interface WorkItem {
  ingestion: LeasedIngestion;
  object: DataObject;
  extraction: Pick<Extraction, 'text' | 'pages' | 'blocks'> | null;
  /** Names of those that were written when this was embedded. */
  models: readonly string[];
  passages: PreparedPassage[];
  media: (MediaVector & { model: string })[];
  warnings: string[];
  /** Set by the first stage that failed; later stages pass over it. */
  failure: unknown;
}

export const leaseOf = (item: WorkItem): Lease => ({ ingestionId: item.ingestion.id, epoch: item.ingestion.epoch });
export const warningsOf = (items: readonly WorkItem[]): { lease: Lease; warnings: string[] }[] =>
  items.filter((item) => item.warnings.length > 0).map((item) => ({ lease: leaseOf(item), warnings: item.warnings }));
/** An earlier attempt came so far that what could be read lies with the row. */
export const isExtracted = (item: WorkItem): boolean => item.ingestion.stage === 'EMBED' || item.ingestion.stage === 'INDEX';
export const isAlive = (item: WorkItem): boolean => item.failure === undefined;

/** Where in 0 to 1 each stage begins. */
export const PROGRESS: Record<IngestionStage, number> = { STORE: 0.02, EXTRACT: 0.05, EMBED: 0.35, INDEX: 0.8, ANNOTATE: 0.9, DONE: 1 };

/** Runs a stage for one item and keeps what it throws with the item, so that it cannot spoil the others. */
export async function attempt(item: WorkItem, work: () => Promise<void>): Promise<void> {
  if (!isAlive(item)) return;
  try {
    await work();
  } catch (error) {
    item.failure = error;
  }
}
