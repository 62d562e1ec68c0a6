import { dependencyUnavailable, isStrataError, isUnavailable, isUnusableModel, type StrataError } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { KeywordHit } from '../../ports/keyword-index.port.js';
import type { VectorHit } from '../../ports/vector-store.port.js';
import { Deadline, DeadlinePassed } from './deadline.js';
import type { VectorQuestion } from './query-vectors.js';
import type { AskedWords } from './asked-words.js';
import { findWithin, restrictionOf, type Found, type Restriction } from './restriction.js';
import type { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

export interface LegsQuery {
  tenantId: string;
  questions: readonly VectorQuestion[];
  /** Null where the keyword leg does not run. */
  words: AskedWords | null;
  /** Left out of every leg. */
  exceptObjectIds: readonly string[];
  filter: ObjectFilter | null;
  /** Objects a leg. */
  depth: number;
  /** Vectors that are told of each object. */
  perObject: number;
  /** Whether the keyword leg tells what each of the words asked with comes to. */
  tellParts?: boolean;
  atHand: RowsAtHand;
}

export type AnsweredLeg =
  | { kind: 'vector'; space: string; hits: readonly VectorHit[] }
  | { kind: 'keyword'; hits: readonly KeywordHit[] };

export interface LegsAnswer {
  /** Those that did answer; at least one. */
  legs: AnsweredLeg[];
  incomplete: boolean;
  /** A leg failed, ran out of time or stopped short, and may find more when it is asked again. */
  mayFindMore: boolean;
  warnings: string[];
}

type LegRun = { leg: AnsweredLeg; complete: boolean };
type Failure = { task: LegTask; error: unknown };
export type LegTask = { kind: AnsweredLeg['kind']; name: string; run: Promise<LegRun> };

/** Runs every leg at once, each with its own failure. @throws as `gatherLegs` does */
export async function runLegs(deps: Pick<SearchDependencies, 'vectors' | 'keywords' | 'database' | 'logger'>, query: LegsQuery, deadline: Deadline): Promise<LegsAnswer> {
  const restriction = restrict(deps, query);
  // Legs that need it fail with it; where none is left to ask, nobody hears.
  restriction.catch(() => undefined);
  return gatherLegs(deps, [...keywordTask(deps, query, restriction, deadline), ...vectorTasks(deps, query, restriction, deadline)], deadline);
}

/** @throws DEPENDENCY_UNAVAILABLE where none answered; whatever the input is to blame for; the caller's reason where the caller gave up */
export async function gatherLegs(deps: Pick<SearchDependencies, 'logger'>, tasks: readonly LegTask[], deadline: Deadline): Promise<LegsAnswer> {
  const settled = await Promise.allSettled(tasks.map((task) => deadline.race(task.run)));
  if (deadline.signal.aborted && !(deadline.signal.reason instanceof DeadlinePassed)) throw deadline.signal.reason;

  const runs: LegRun[] = [];
  const failures: Failure[] = [];
  const warnings: string[] = [];
  settled.forEach((outcome, index) => {
    const task = tasks[index]!;
    if (outcome.status === 'fulfilled') {
      runs.push(outcome.value);
      if (!outcome.value.complete) warnings.push(`The ${task.name} stopped before it had gone deep enough; objects that match may be missing.`);
    } else {
      failures.push({ task, error: outcome.reason });
      warnings.push(describeFailure(deps, { task, error: outcome.reason }));
    }
  });
  if (runs.length === 0 && failures.length > 0) throw noLegAnswered(failures);
  const mayFindMore = runs.some(({ complete }) => !complete) || failures.some(({ error }) => !isUnusableModel(error));
  return { legs: runs.map((run) => run.leg), incomplete: warnings.length > 0, mayFindMore, warnings };
}

/** Null where every leg's store filters by itself. */
async function restrict({ vectors, keywords, database }: Pick<SearchDependencies, 'vectors' | 'keywords' | 'database'>, query: LegsQuery): Promise<Restriction | null> {
  const needed =
    (query.questions.length > 0 && vectors.capabilities.filters === 'ids') || (!!query.words?.terms.length && keywords.capabilities.filters === 'ids');
  return needed ? restrictionOf(database.objects, query.tenantId, query.filter, query.atHand) : null;
}

function vectorTasks({ vectors, database }: Pick<SearchDependencies, 'vectors' | 'database'>, query: LegsQuery, restriction: Promise<Restriction | null>, deadline: Deadline): LegTask[] {
  const find = async ({ model, vector, exceptObjectIds }: VectorQuestion): Promise<Found<VectorHit> | null> => {
    const [asked, within] = await Promise.all([vector(deadline.signal), vectors.capabilities.filters === 'ids' ? restriction : null]);
    if (asked === null) return null;
    const ask = (limit: number, objectIds: readonly string[] | null) =>
      vectors.search({
        tenantId: query.tenantId, space: { model: model.name, dimensions: model.dimensions }, vector: asked, limit,
        filter: query.filter, objectIds, perObject: query.perObject, exceptObjectId: exceptObjectIds.length === 1 ? exceptObjectIds[0]! : null, signal: deadline.signal,
      });
    const depth = depthWith(query.depth, exceptObjectIds);
    const found = within === null ? await ask(depth, null) : await findWithin(database.objects, within, depth, ask);
    return without(found, exceptObjectIds, query.depth);
  };
  return query.questions.map((question) => vectorTask(question, find(question)));
}

/** @param finding null where the vector to ask with is not in the store */
export function vectorTask({ model, exceptObjectIds }: Pick<VectorQuestion, 'model' | 'exceptObjectIds'>, finding: Promise<Found<VectorHit> | null>): LegTask {
  const leg = (hits: readonly VectorHit[]): AnsweredLeg => ({ kind: 'vector', space: model.name, hits: hits.filter((hit) => !exceptObjectIds.includes(hit.objectId)) });
  const run = async (): Promise<LegRun> => {
    const found = await finding;
    return found === null ? { leg: leg([]), complete: false } : { leg: leg(found.hits), complete: found.complete };
  };
  return { kind: 'vector', name: `vector leg (${model.name})`, run: run() };
}

function keywordTask({ keywords, database }: Pick<SearchDependencies, 'keywords' | 'database'>, query: LegsQuery, restriction: Promise<Restriction | null>, deadline: Deadline): LegTask[] {
  const { words, exceptObjectIds } = query;
  if (words === null) return [];
  const run = async (): Promise<LegRun> => {
    if (words.terms.length === 0) return { leg: { kind: 'keyword', hits: [] }, complete: true };
    const within = keywords.capabilities.filters === 'ids' ? await restriction : null;
    const ask = (limit: number, objectIds: readonly string[] | null) =>
      keywords.search({
        tenantId: query.tenantId, terms: words.terms, ...(words.weights && { weights: words.weights }), ...(query.tellParts && { groups: words.groups }), limit, filter: query.filter, objectIds,
        signal: deadline.signal,
      });
    const depth = depthWith(query.depth, exceptObjectIds);
    const found = within === null ? await ask(depth, null) : await findWithin(database.objects, within, depth, ask);
    const { hits, complete } = without(found, exceptObjectIds, query.depth);
    return { leg: { kind: 'keyword', hits }, complete };
  };
  return [{ kind: 'keyword', name: 'keyword leg', run: run() }];
}

/** Deep enough that a leg is as deep without the objects that are left out. A single one the stores leave out themselves. */
const depthWith = (depth: number, { length }: readonly string[]): number => depth + (length > 1 ? length : 0);

function without<Hit extends { objectId: string }>({ hits, complete }: Found<Hit>, exceptObjectIds: readonly string[], depth: number): Found<Hit> {
  if (exceptObjectIds.length === 0) return { hits, complete };
  return { hits: hits.filter(({ objectId }) => !exceptObjectIds.includes(objectId)).slice(0, depth), complete };
}

/** What the input or the configuration is to blame for is no failure of a leg. */
const CALLERS_OWN = new Set(['BAD_USER_INPUT', 'NOT_CONFIGURED', 'NOT_FOUND', 'FORBIDDEN', 'UNSUPPORTED_MEDIA', 'CONTENT_MISMATCH']);

/** What the reader can do something about, or wait for. */
const saysWhy = (error: unknown): error is StrataError => isUnavailable(error) || isUnusableModel(error);

function describeFailure({ logger }: Pick<SearchDependencies, 'logger'>, { task, error }: Failure): string {
  if (isStrataError(error) && CALLERS_OWN.has(error.code) && !isUnusableModel(error)) throw error;
  logger.warn({ err: error, leg: task.name }, 'A leg of a search failed');
  if (error instanceof DeadlinePassed) return `The ${task.name} gave ${error.message}; its results are missing.`;
  return `The ${task.name} failed; its results are missing.${saysWhy(error) ? ` ${error.message}` : ''}`;
}

const DEPENDENCY = { vector: 'vectors', keyword: 'keywords' } as const;

function noLegAnswered(failures: readonly Failure[]): StrataError {
  const told = failures.map(({ error }) => error).find(saysWhy);
  if (told !== undefined) return told;
  return dependencyUnavailable(DEPENDENCY[failures[0]!.task.kind], new AggregateError(failures.map(({ error }) => error), 'every leg failed'));
}
