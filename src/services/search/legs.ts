import { dependencyUnavailable, isStrataError, isUnavailable, type StrataError } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { KeywordHit } from '../../ports/keyword-index.port.js';
import type { VectorHit } from '../../ports/vector-store.port.js';
import { Deadline, DeadlinePassed } from './deadline.js';
import type { VectorQuestion } from './query-vectors.js';
import { findWithin, restrictionOf, type Found, type Restriction } from './restriction.js';
import type { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

export interface LegsQuery {
  tenantId: string;
  questions: readonly VectorQuestion[];
  /** Analysed; null where the keyword leg does not run. */
  terms: readonly string[] | null;
  filter: ObjectFilter | null;
  /** Objects a leg. */
  depth: number;
  atHand: RowsAtHand;
}

export type AnsweredLeg =
  | { kind: 'vector'; space: string; hits: readonly VectorHit[] }
  | { kind: 'keyword'; hits: readonly KeywordHit[] };

export interface LegsAnswer {
  /** Those that did answer; at least one. */
  legs: AnsweredLeg[];
  incomplete: boolean;
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
  return { legs: runs.map((run) => run.leg), incomplete: warnings.length > 0, warnings };
}

/** Null where every leg's store filters by itself. */
async function restrict({ vectors, keywords, database }: Pick<SearchDependencies, 'vectors' | 'keywords' | 'database'>, query: LegsQuery): Promise<Restriction | null> {
  const needed =
    (query.questions.length > 0 && vectors.capabilities.filters === 'ids') || (!!query.terms?.length && keywords.capabilities.filters === 'ids');
  return needed ? restrictionOf(database.objects, query.tenantId, query.filter, query.atHand) : null;
}

function vectorTasks({ vectors, database }: Pick<SearchDependencies, 'vectors' | 'database'>, query: LegsQuery, restriction: Promise<Restriction | null>, deadline: Deadline): LegTask[] {
  const find = async ({ model, vector, exceptObjectId }: VectorQuestion): Promise<Found<VectorHit> | null> => {
    const [asked, within] = await Promise.all([vector(deadline.signal), vectors.capabilities.filters === 'ids' ? restriction : null]);
    if (asked === null) return null;
    const ask = (limit: number, objectIds: readonly string[] | null) =>
      vectors.search({
        tenantId: query.tenantId, space: { model: model.name, dimensions: model.dimensions }, vector: asked, limit,
        filter: query.filter, objectIds, exceptObjectId, signal: deadline.signal,
      });
    return within === null ? ask(query.depth, null) : findWithin(database.objects, within, query.depth, ask);
  };
  return query.questions.map((question) => vectorTask(question, find(question)));
}

/** @param finding null where the vector to ask with is not in the store */
export function vectorTask({ model, exceptObjectId }: Pick<VectorQuestion, 'model' | 'exceptObjectId'>, finding: Promise<Found<VectorHit> | null>): LegTask {
  const leg = (hits: readonly VectorHit[]): AnsweredLeg => ({ kind: 'vector', space: model.name, hits: hits.filter((hit) => hit.objectId !== exceptObjectId) });
  const run = async (): Promise<LegRun> => {
    const found = await finding;
    return found === null ? { leg: leg([]), complete: false } : { leg: leg(found.hits), complete: found.complete };
  };
  return { kind: 'vector', name: `vector leg (${model.name})`, run: run() };
}

function keywordTask({ keywords, database }: Pick<SearchDependencies, 'keywords' | 'database'>, query: LegsQuery, restriction: Promise<Restriction | null>, deadline: Deadline): LegTask[] {
  const { terms } = query;
  if (terms === null) return [];
  const run = async (): Promise<LegRun> => {
    if (terms.length === 0) return { leg: { kind: 'keyword', hits: [] }, complete: true };
    const within = keywords.capabilities.filters === 'ids' ? await restriction : null;
    const ask = (limit: number, objectIds: readonly string[] | null) =>
      keywords.search({ tenantId: query.tenantId, terms, limit, filter: query.filter, objectIds, signal: deadline.signal });
    const { hits, complete } = within === null ? await ask(query.depth, null) : await findWithin(database.objects, within, query.depth, ask);
    return { leg: { kind: 'keyword', hits }, complete };
  };
  return [{ kind: 'keyword', name: 'keyword leg', run: run() }];
}

/** What the input or the configuration is to blame for is no failure of a leg. */
const CALLERS_OWN = new Set(['BAD_USER_INPUT', 'NOT_CONFIGURED', 'NOT_FOUND', 'FORBIDDEN']);

function describeFailure({ logger }: Pick<SearchDependencies, 'logger'>, { task, error }: Failure): string {
  if (isStrataError(error) && CALLERS_OWN.has(error.code)) throw error;
  logger.warn({ err: error, leg: task.name }, 'A leg of a search failed');
  if (error instanceof DeadlinePassed) return `The ${task.name} gave ${error.message}; its results are missing.`;
  return `The ${task.name} failed; its results are missing.${isUnavailable(error) ? ` ${error.message}` : ''}`;
}

const DEPENDENCY = { vector: 'vectors', keyword: 'keywords' } as const;

function noLegAnswered(failures: readonly Failure[]): StrataError {
  const told = failures.map(({ error }) => error).find(isUnavailable);
  if (told !== undefined) return told;
  return dependencyUnavailable(DEPENDENCY[failures[0]!.task.kind], new AggregateError(failures.map(({ error }) => error), 'every leg failed'));
}
