import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pinecone } from '@pinecone-database/pinecone';
import { dependencyUnavailable } from '../../../domain/errors.js';
import type { VectorSpace } from '../../../ports/vector-store.port.js';
import { inTheWay } from '../refusals.js';
import { otherDimensions } from '../space-errors.js';
import { whoAnswers, wrongServer } from '../who-answers.js';
import type { PineconeConnection } from './pinecone.connection.js';
import { Refused, isMissing, isTaken, misconfigured, translated } from './pinecone.errors.js';

/** The field that holds the vector, in an index that takes vectors and not documents. */
const VECTOR_FIELD = '_values';
const LONGEST_NAME = 45;
/** Beyond these, an index never becomes ready by waiting. */
const LOST = new Set(['InitializationFailed', 'Failed', 'Terminating', 'Disabled']);

type Index = Awaited<ReturnType<Pinecone['describeIndex']>>;

/** An index of Pinecone: where it answers, and of how many dimensions it is. */
export interface Place {
  host: string;
  dimensions: number;
}

/** The indexes: one a model, made when it is first used, ours by their tags. */
export class PineconeSpaces {
  private readonly known = new Map<string, Place>();

  constructor(private readonly connection: PineconeConnection) {}

  async ensure(space: VectorSpace): Promise<void> {
    if (await this.find(space)) return;
    try {
      await this.make(space);
    } catch (error) {
      // Somebody else made it at the same moment.
      if (!isTaken(error)) throw translated(error);
    }
    await this.untilReady(space);
  }

  /** The space's place, or null where it was never made. @throws CONFLICT where it is not ours, or of other dimensions */
  async find(space: VectorSpace): Promise<Place | null> {
    const place = this.known.get(space.model) ?? (await this.look(space.model));
    if (place !== null) checkDimensions(space, place);
    return place;
  }

  /** Of every space that there is now: another process may have made one. */
  async all(): Promise<Place[]> {
    const { indexes = [] } = await this.control((client) => client.listIndexes());
    return indexes.filter((index) => index.tags?.strata === this.connection.options.index && isReady(index)).map((index) => this.placeOf(index));
  }

  /** @throws CONFLICT where an index by the name of a model that is here is not ours, or of other dimensions */
  async check(): Promise<void> {
    const { options, timeouts } = this.connection;
    const { indexes = [] } = await this.connection.call((client) => client.listIndexes(), { timeout: timeouts.check }).catch((error: unknown) => this.refused(error));
    for (const space of options.spaces ?? []) {
      const index = indexes.find(({ name }) => name === nameOf(options.index, space.model));
      if (index === undefined) continue;
      checkOurs(index, options.index, space.model);
      if (isReady(index)) checkDimensions(space, this.placeOf(index));
    }
  }

  forget(model: string): void {
    this.known.delete(model);
  }

  private async look(model: string): Promise<Place | null> {
    const index = await this.describe(model);
    if (index === null) return null;
    if (!isReady(index)) throw notReady(index);
    const place = this.placeOf(index);
    this.known.set(model, place);
    return place;
  }

  private async make({ model, dimensions }: VectorSpace): Promise<void> {
    const { cloud, region, index } = this.connection.options;
    try {
      await this.connection.call(
        (client) =>
          client.createIndex({
            name: nameOf(index, model),
            schema: { fields: { [VECTOR_FIELD]: { type: 'dense_vector', dimension: dimensions, metric: 'cosine' } } },
            deployment: { deploymentType: 'managed', cloud, region },
            tags: tagsOf(index, model),
          }),
        { timeout: this.connection.timeouts.write },
      );
    } catch (error) {
      if (!(error instanceof Refused) || ![400, 404, 422].includes(error.status)) throw error;
      throw misconfigured(
        `Pinecone makes no index of ${dimensions} dimensions at cloud: ${cloud}, region: ${region}. Set "vector_database.pinecone.cloud" and "vector_database.pinecone.region" to a place that your plan offers.`,
        'vector_database.pinecone.region',
        error,
      );
    }
  }

  private async untilReady(space: VectorSpace): Promise<void> {
    const { create, poll } = this.connection.timeouts;
    const end = Date.now() + create;
    for (;;) {
      const index = await this.describe(space.model);
      if (index !== null && isReady(index)) break;
      if ((index !== null && LOST.has(index.status.state)) || Date.now() + poll > end) throw notReady(index);
      await pause(poll);
    }
    await this.find(space);
  }

  private async describe(model: string): Promise<Index | null> {
    const prefix = this.connection.options.index;
    const name = nameOf(prefix, model);
    let index: Index;
    try {
      index = await this.connection.call((client) => client.describeIndex(name), { timeout: this.connection.timeouts.read });
    } catch (error) {
      if (isMissing(error)) return null;
      throw translated(error);
    }
    checkOurs(index, prefix, model);
    return index;
  }

  private placeOf(index: Index): Place {
    return { host: this.connection.hostOf(index.privateHost ?? index.host), dimensions: vectorsOf(index)?.dimension ?? 0 };
  }

  /** Pinecone always has a list of indexes, and may keep it from us; so may somebody else. */
  private async refused(error: unknown): Promise<never> {
    const answerer = error instanceof Refused ? await whoAnswers(new URL(this.connection.options.url)) : null;
    if (answerer === null || (answerer.name === null && !isMissing(error))) throw translated(error);
    throw wrongServer('Pinecone', 'vector_database.pinecone.url', answerer);
  }

  private async control<Answer>(work: (client: Pinecone) => Promise<Answer>): Promise<Answer> {
    try {
      return await this.connection.call(work, { timeout: this.connection.timeouts.read });
    } catch (error) {
      throw translated(error);
    }
  }
}

/** At most 45 small letters, digits and dashes, a letter or digit last; the digest tells the names apart. */
function nameOf(prefix: string, model: string): string {
  const digest = digestOf(model).slice(0, 8);
  const slug = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, Math.max(0, LONGEST_NAME - prefix.length - digest.length - 2))
    .replace(/^-+|-+$/g, '');
  return [prefix, ...(slug === '' ? [] : [slug]), digest].join('-');
}

function tagsOf(prefix: string, model: string): Record<string, string> {
  return { strata: prefix, strata_model: digestOf(model).slice(0, 32) };
}

function digestOf(model: string): string {
  return createHash('sha256').update(model).digest('hex');
}

/** The description of an index is the same whether it is asked for by name or listed. */
function checkOurs(index: Index, prefix: string, model: string): void {
  const isOurs = Object.entries(tagsOf(prefix, model)).every(([tag, value]) => index.tags?.[tag] === value);
  const vectors = vectorsOf(index);
  // Its fields may be missing while it is being made.
  if (!isOurs || (isReady(index) && vectors === null)) throw notOurs(`Pinecone has an index "${index.name}" that somebody else made`);
  if (isReady(index) && vectors!.metric !== 'cosine') throw notOurs(`Pinecone's index "${index.name}" compares vectors by ${vectors!.metric} and not by cosine`);
}

const notOurs = (what: string) => inTheWay(`${what}. Set "vector_database.pinecone.index" to a name that is free, or remove that index.`);

function checkDimensions(space: VectorSpace, place: Place): void {
  if (place.dimensions !== space.dimensions) throw otherDimensions(space, place.dimensions);
}

function vectorsOf({ schema }: Index): { dimension: number; metric: string } | null {
  const field = schema.fields[VECTOR_FIELD];
  return field !== undefined && 'type' in field && field.type === 'dense_vector' ? field : null;
}

function isReady(index: Index): boolean {
  return index.status.ready;
}

function notReady(index: Index | null) {
  return dependencyUnavailable('vectors', new Error(`The index "${index?.name ?? ''}" is not ready: ${index?.status.state ?? 'it is not there'}.`));
}
