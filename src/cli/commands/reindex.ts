import { reasonOf, withConnection, type Connection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, Interruption, UsageFailure } from '../failure.js';
import { jsonLines } from '../moving/json-lines.js';
import { progressOn, type Progress } from '../moving/progress.js';

export interface ReindexOptions extends ClientOptions {
  to?: string;
  model?: string[];
  reEmbed?: boolean;
  batch: number;
  cancel?: boolean;
  switch: boolean;
}

interface Report {
  counts: { tenantId: string; model: string; rows: number; moved: number }[];
  samples: number;
  searches: number;
  overlap: number | null;
  switched: boolean;
}

type Line =
  | { event: { kind: 'begun'; resumed: boolean; total: number; copied: number } | { kind: 'copied'; copied: number } | { kind: 'catchingUp' } | { kind: 'verifying' } }
  | { report: Report }
  | { cancelled: boolean }
  | { error: { message: string } };

export async function reindex(context: CommandContext, options: ReindexOptions): Promise<number> {
  const { to, model, reEmbed, batch, cancel, switch: switches } = options;
  if ((to === undefined) === (cancel !== true)) throw new UsageFailure('Either --to with a store, or --cancel.');
  const request = cancel === true ? { cancel } : { to: context.vectorStore(options, to!), models: model ?? null, reEmbed: reEmbed === true, batch, switch: switches };
  const progress = progressOn(process.stderr);
  try {
    return await withConnection(context, { ...options, jobs: false, readsConfig: true }, async (connection) => {
      const last = await follow(connection, request, progress);
      progress.end();
      if ('cancelled' in last) process.stdout.write(last.cancelled ? 'ended; what was moved stays where it is\n' : 'no move had begun\n');
      else process.stdout.write(`${saying(last.report, to!).join('\n')}\n`);
      return 0;
    });
  } finally {
    progress.end();
  }
}

async function follow(connection: Connection, request: object, progress: Progress): Promise<{ report: Report } | { cancelled: boolean }> {
  const answer = await connection.admin('POST', 'reindex', request);
  try {
    let total = 0;
    // More than were counted where people go on working.
    const copied = (count: number) => progress.update(count, `${count} of ${Math.max(count, total)}`);
    for await (const line of jsonLines<Line>(answer)) {
      if ('error' in line) throw new Failure(line.error.message);
      if (!('event' in line)) return line;
      const { event } = line;
      if (event.kind === 'begun') {
        total = event.total;
        progress.step(event.resumed ? 'going on' : 'moving', total);
        copied(event.copied);
      } else if (event.kind === 'copied') {
        copied(event.copied);
      } else {
        progress.step(event.kind === 'catchingUp' ? 'catching up' : 'verifying', null);
      }
    }
  } catch (error) {
    if (error instanceof Failure || error instanceof Interruption) throw error;
    throw new Failure(`The connection to the server was lost: ${reasonOf(error as Error)}. What was moved stays; repeat the command to go on.`);
  }
  throw new Failure('The server ended before the move did. What was moved stays; repeat the command to go on.');
}

function saying({ counts, samples, searches, overlap, switched }: Report, to: string): string[] {
  const tenants = new Set(counts.map(({ tenantId }) => tenantId)).size;
  const models = Map.groupBy(counts, ({ model }) => model);
  const sum = (all: Report['counts']) => all.reduce((total, { moved }) => total + moved, 0);
  return [
    ...[...models].map(([model, all]) => `${model}: ${sum(all)} vectors, as many as there are, in ${all.length} of ${tenants} tenants`),
    `${samples} vectors compared: equal`,
    ...(overlap === null ? [] : [`${searches} searches compared: the first ten agree to ${(overlap * 100).toFixed(0)} %`]),
    switched
      ? `Searches are answered from ${to} now; other processes follow within seconds. Set vector_database.provider to "${to}" in the configuration, too.`
      : `Now set vector_database.provider to "${to}" and restart. What changes until then is noted, and put there at the start.`,
  ];
}
