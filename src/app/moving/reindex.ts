import { PassThrough, type Readable } from 'node:stream';
import { z } from 'zod';
import { hasVector } from '../../adapters/db/migrations/migrate.js';
import type { VectorDatabaseConfig } from '../../config/config.js';
import { badInput, conflict, isStrataError } from '../../domain/errors.js';
import type { OutsideStores } from '../../services/indexing/outside-writer.js';
import { Reindexer } from '../../services/moving/reindexer.js';
import type { App } from '../compose.js';
import { keywordsInDatabase, openOutside, openPgvector } from '../stores.js';
import { placeOf } from './stores-by-place.js';

const provider = z.enum(['pgvector', 'weaviate', 'chroma', 'pinecone']);
const request = z.object({
  /** The store's settings, as whoever asks has resolved them. */
  to: z.looseObject({ provider }).optional(),
  models: z.array(z.string()).nullish(),
  reEmbed: z.boolean().default(false),
  batch: z.int().min(1).max(1_000).default(200),
  cancel: z.boolean().default(false),
  /** False: whoever moves will switch by the configuration. */
  switch: z.boolean().default(true),
});

let underWay = false;

/** Whatever stands in between may take a connection for dead that is silent for a minute; a batch may take that long. */
const SIGN_OF_LIFE_MS = 15_000;

/** Lines of JSON: events as they come, an empty one where nothing comes, and last `{"report": …}`, `{"cancelled": …}` or `{"error": …}`. */
export function reindex(app: App, body: unknown, signal: AbortSignal): Readable {
  const parsed = request.safeParse(body);
  if (!parsed.success) throw badInput(`This is no request to reindex: ${parsed.error.issues[0]!.message}.`);
  if (underWay) throw conflict('A move is under way in this server. Wait until it has ended.');
  const { to, models, reEmbed, batch, cancel, switch: switches } = parsed.data;
  const lines = new PassThrough();
  const tell = (line: object) => void lines.write(`${JSON.stringify(line)}\n`);
  const reindexer = new Reindexer(app.deps);
  const work = async () => {
    if (cancel) return tell({ cancelled: await reindexer.cancel() });
    const target = to as unknown as VectorDatabaseConfig | undefined;
    if (target === undefined) throw badInput('Say where to: pgvector, weaviate, chroma or pinecone.');
    const place = placeOf(target);
    if (place === app.vectorHome.place) throw badInput(`The program answers from ${target.provider} (${place}) now. Name another store, or another collection.`);
    const stores = await openTarget(app, target);
    try {
      const asked = { target: target.provider, place, models: models ?? null, reEmbed, batch };
      const report = await reindexer.run(asked, stores, (event) => tell({ event }), signal);
      const switched = switches && asked.models === null;
      if (switched) {
        await reindexer.use({ provider: target.provider, place });
        await app.vectorHome.moveTo(target);
        await app.followMove();
      }
      tell({ report: { ...report, switched } });
    } finally {
      await Promise.all([stores.vectors.close(), stores.keywords?.close()]);
    }
  };
  underWay = true;
  const alive = setInterval(() => lines.write('\n'), SIGN_OF_LIFE_MS);
  work()
    .catch((error: unknown) => {
      if (!isStrataError(error) && !signal.aborted) app.deps.logger.error({ error }, 'a reindex failed');
      tell({ error: { message: isStrataError(error) ? error.message : 'The move was broken off; the log of the server says why. Repeat the command to go on.' } });
    })
    .finally(() => {
      clearInterval(alive);
      underWay = false;
      lines.end();
    });
  return lines;
}

/** Words go along where they are ranked elsewhere than now. */
async function openTarget(app: App, target: VectorDatabaseConfig): Promise<OutsideStores> {
  const { engine, deps, vectorHome } = app;
  const parts = { engine, database: deps.database, hasVector: await hasVector(engine.sql), models: () => deps.embedder.models(), logger: deps.logger };
  const stores: OutsideStores = target.provider === 'pgvector' ? { vectors: await openPgvector(parts), keywords: null, hybrid: null } : await openOutside(target, parts);
  const wordsLeave = vectorHome.settings.provider === 'weaviate' && target.provider !== 'weaviate';
  return wordsLeave ? { ...stores, keywords: keywordsInDatabase(engine) } : stores;
}
