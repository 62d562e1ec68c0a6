import pLimit from 'p-limit';
import { withConnection, type Connection } from '../connection.js';
import type { CommandContext, SettingOptions } from '../context.js';
import { Failure } from '../failure.js';
import { IngestionsProgressDocument } from '../generated/graphql.js';
import { findFiles, readManifest, readPairs, type FoundFile } from '../ingest/find-files.js';
import { failureTable, ingestReport, type IngestReport } from '../ingest/report.js';
import { uploadFile } from '../ingest/upload-file.js';

const FILES_AT_ONCE = 4;
/** Ingestions that one subscription watches. */
const WATCHED_AT_ONCE = 500;

export interface IngestOptions extends SettingOptions {
  metadata: string[];
  manifest?: string;
  wait: boolean;
}

/** @returns 1 where any file failed */
export async function ingest(context: CommandContext, paths: readonly string[], options: IngestOptions): Promise<number> {
  const common = readPairs(options.metadata);
  const manifest = options.manifest === undefined ? new Map<string, Record<string, unknown>>() : await readManifest(options.manifest);
  const { files, missing } = await findFiles(paths);
  if (files.length === 0) throw new Failure(`There is no file at ${paths.map((path) => `"${path}"`).join(', ')}.`);
  // The manifest describes the files; it is none of them.
  const own = options.manifest === undefined ? files : files.filter((file) => !file.path.endsWith(options.manifest!.split('/').at(-1)!));
  const report = ingestReport(own, process.stderr);
  const failures = missing.map((path) => ({ shown: path, reason: 'There is no such file.' }));
  const fail = (file: { shown: string }, reason: string) => {
    report.failed(file, reason);
    failures.push({ shown: file.shown, reason });
  };
  const counts = { stored: 0, skipped: 0 };
  await withConnection(context, options, async (connection) => {
    const watched = new Map<string, FoundFile>();
    const limit = pLimit(FILES_AT_ONCE);
    await Promise.all(
      own.map((file) =>
        limit(async () => {
          try {
            const uploaded = await uploadFile(connection, file, { ...common, ...manifest.get(file.path) }, (bytes) => report.sent(bytes));
            counts[uploaded.deduplicated ? 'skipped' : 'stored'] += 1;
            if (uploaded.ingestionId !== null && !uploaded.deduplicated) watched.set(uploaded.ingestionId, file);
            report.stored(file, uploaded.deduplicated);
          } catch (error) {
            fail(file, Failure.messageOf(error));
          }
        }),
      ),
    );
    if (options.wait) await watch(connection, watched, report, fail);
  });
  report.end();
  process.stderr.write(`${counts.stored} stored, ${counts.skipped} there already, ${failures.length} failed\n`);
  if (failures.length > 0) process.stderr.write(`${failureTable(failures)}\n`);
  return failures.length > 0 ? 1 : 0;
}

/** Follows the ingestions to their end. */
async function watch(
  connection: Connection,
  watched: ReadonlyMap<string, FoundFile>,
  report: IngestReport,
  fail: (file: FoundFile, reason: string) => void,
): Promise<void> {
  const ids = [...watched.keys()];
  const progress = new Map<string, number>();
  for (let from = 0; from < ids.length; from += WATCHED_AT_ONCE) {
    for await (const { ingestionsProgress } of connection.subscribe(IngestionsProgressDocument, { ids: ids.slice(from, from + WATCHED_AT_ONCE) })) {
      const ended = ingestionsProgress.status === 'SUCCEEDED' || ingestionsProgress.status === 'FAILED';
      progress.set(ingestionsProgress.id, ended ? 1 : ingestionsProgress.progress);
      report.processed([...progress.values()].reduce((sum, each) => sum + each, 0), ids.length);
      if (ingestionsProgress.status === 'FAILED') {
        const { code, message } = ingestionsProgress.error!;
        fail(watched.get(ingestionsProgress.id)!, `${code}: ${message}`);
      }
    }
  }
}
