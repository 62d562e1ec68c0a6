import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { withConnection, type Connection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, Interruption } from '../failure.js';
import { RetryIngestionDocument, type IngestionStateFragment } from '../generated/graphql.js';
import { findFiles, readManifest, readPairs, type FoundFile } from '../ingest/find-files.js';
import { hasEnded, IngestionWatch } from '../ingest/ingestion-watch.js';
import { failureTable, ingestReport, type IngestReport, type Outcome } from '../ingest/report.js';
import { uploadFile, type Uploaded } from '../ingest/upload-file.js';
import { widthOf } from '../output/terminal.js';

const FILES_AT_ONCE = 4;

export interface IngestOptions extends ClientOptions {
  metadata: string[];
  manifest?: string;
  wait: boolean;
}

type Metadata = Record<string, unknown>;

/** @returns 1 where any file failed */
export async function ingest(context: CommandContext, paths: readonly string[], options: IngestOptions): Promise<number> {
  const common = readPairs(options.metadata);
  const manifest = options.manifest === undefined ? new Map<string, Metadata>() : await readManifest(options.manifest);
  const found = await findFiles(paths);
  // The manifest describes the files; it is none of them.
  const files = found.files.filter((file) => options.manifest === undefined || file.path !== resolve(options.manifest));
  if (files.length === 0) throw new Failure(`There is no file at ${paths.map((path) => `"${path}"`).join(', ')}.`);

  const report = ingestReport(files, process.stderr);
  const run = new IngestRun(report, (file) => ({ ...common, ...manifest.get(file.path) }), options.wait);
  for (const path of found.missing) run.end({ shown: path }, 'failed', 'There is no such file.');
  try {
    await withConnection(context, options, (connection) => run.takeIn(connection, files));
  } finally {
    report.end();
  }
  process.stderr.write(`${run.summary()}\n`);
  if (run.failures.length > 0) process.stderr.write(`${failureTable(run.failures, widthOf(process.stderr))}\n`);
  return run.failures.length > 0 ? 1 : 0;
}

class IngestRun {
  readonly failures: { shown: string; reason: string }[] = [];
  private readonly counts: Record<Outcome, number> = { ready: 0, stored: 0, skipped: 0, failed: 0 };
  /** By ingestion; two files of one content share one. */
  private readonly watched = new Map<string, { files: FoundFile[]; progress: number; outcome: IngestionStateFragment | null }>();
  private progress = 0;

  constructor(
    private readonly report: IngestReport,
    private readonly metadataOf: (file: FoundFile) => Metadata,
    private readonly wait: boolean,
  ) {}

  async takeIn(connection: Connection, files: readonly FoundFile[]): Promise<void> {
    const watch = new IngestionWatch(connection, (state) => this.follow(state));
    const limit = pLimit(FILES_AT_ONCE);
    await Promise.all(
      files.map((file) =>
        limit(async () => {
          try {
            await this.takeInOne(connection, file, watch);
          } catch (error) {
            if (error instanceof Interruption) throw error;
            this.end(file, 'failed', Failure.messageOf(error));
          }
        }),
      ),
    );
    await watch.allEnded();
  }

  private async takeInOne(connection: Connection, file: FoundFile, watch: IngestionWatch): Promise<void> {
    const uploaded = await uploadFile(connection, file, this.metadataOf(file), (bytes) => this.report.sent(bytes));
    this.report.stored(file);
    const ingestion = await stillToDo(connection, uploaded);
    if (ingestion === null) this.end(file, 'skipped');
    else if (ingestion.status === 'FAILED') this.end(file, 'failed', reasonOf(ingestion));
    else if (!this.wait) this.end(file, 'stored');
    else this.watch(ingestion.id, file, watch);
  }

  private watch(ingestionId: string, file: FoundFile, watch: IngestionWatch): void {
    const entry = this.watched.get(ingestionId);
    if (entry?.outcome) {
      this.conclude(file, entry.outcome);
    } else if (entry) {
      entry.files.push(file);
    } else {
      this.watched.set(ingestionId, { files: [file], progress: 0, outcome: null });
      watch.add(ingestionId);
    }
  }

  private follow(state: IngestionStateFragment): void {
    const entry = this.watched.get(state.id)!;
    const progress = hasEnded(state) ? 1 : state.progress;
    this.progress += progress - entry.progress;
    entry.progress = progress;
    this.report.processed(this.progress, this.watched.size);
    if (!hasEnded(state)) return;
    entry.outcome = state;
    for (const file of entry.files.splice(0)) this.conclude(file, state);
  }

  private conclude(file: FoundFile, state: IngestionStateFragment): void {
    if (state.status === 'FAILED') this.end(file, 'failed', reasonOf(state));
    else this.end(file, 'ready');
  }

  end(file: { shown: string }, outcome: Outcome, reason?: string): void {
    this.counts[outcome] += 1;
    if (outcome === 'failed') this.failures.push({ shown: file.shown, reason: reason! });
    this.report.ended(file, outcome, reason);
  }

  summary(): string {
    const { ready, stored, skipped, failed } = this.counts;
    const taken = this.wait ? `${ready} taken in` : `${stored} stored, to be processed by the server`;
    return `${taken}, ${skipped} there already, ${failed} failed`;
  }
}

/** What is there already is done, unless its processing is still under way, or failed and may be tried again. */
async function stillToDo(connection: Connection, { deduplicated, ingestion }: Uploaded): Promise<IngestionStateFragment | null> {
  if (ingestion?.status === 'FAILED' && ingestion.error!.retryable) {
    return (await connection.request(RetryIngestionDocument, { id: ingestion.id })).retryIngestion;
  }
  const isDone = ingestion === null || ingestion.status === 'SUCCEEDED';
  return deduplicated && isDone ? null : ingestion;
}

const reasonOf = ({ error }: IngestionStateFragment): string => `${error!.code}: ${error!.message}`;
