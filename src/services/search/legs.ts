import { dependencyUnavailable, isStrataError, type StrataError } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { KeywordHit } from '../../ports/keyword-index.port.js';
import type { VectorHit } from '../../ports/vector-store.port.js';
import { Deadline, DeadlinePassed } from './deadline.js';
import type { VectorQuestion } from './query-vectors.js';
import type { SearchDependencies } from './search-dependencies.js';

/** Ids that a filter may leave for a store that cannot filter by itself. */
const MOST_FILTER_IDS = 10_000;

export interface LegsQuery {
  tenantId: string;
  questions: readonly VectorQuestion[];
  /** Analysed; null where the keyword leg does not run. */
  terms: readonly string[] | null;
  filter: ObjectFilter | null;
  /** Objects a leg. */
  depth: number;
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

/** `cut`: ran on only a part of what the filter leaves. */
type LegRun = { leg: AnsweredLeg; complete: boolean; cut: boolean };
type Failure = { task: Task; error: unknown };
type Task = { kind: AnsweredLeg['kind']; name: string; run: Promise<LegRun> };

/**
 * Runs every leg at once, each with its own failure. @throws DEPENDENCY_UNAVAILABLE where none answered; whatever the input
 * is to blame for; the caller's reason where the caller gave up
 */
export async function runLegs(deps: Pick<SearchDependencies, 'vectors' | 'keywords' | 'database' | 'logger'>, query: LegsQuery, deadline: Deadline): Promise<LegsAnswer> {
  const restriction = restrict(deps, query);
  const tasks = [...keywordTask(deps, query, restriction, deadline), ...vectorTasks(deps, query, restriction, deadline)];
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
  if (runs.some((run) => run.cut)) {
    const most = MOST_FILTER_IDS.toLocaleString('en');
    warnings.push(`The filter leaves more than ${most} objects; only the oldest ${most} of them were searched.`);
  }
  return { legs: runs.map((run) => run.leg), incomplete: warnings.length > 0, warnings };
}

interface Restriction {
  ids: readonly string[];
  cut: boolean;
}

/** Ids for the stores that cannot filter by themselves; null where nobody needs any. */
async function restrict({ vectors, keywords, database }: Pick<SearchDependencies, 'vectors' | 'keywords' | 'database'>, query: LegsQuery): Promise<Restriction | null> {
  const needed =
    (query.questions.length > 0 && vectors.capabilities.filters === 'ids') || (!!query.terms?.length && keywords.capabilities.filters === 'ids');
  if (!needed || query.filter === null) return null;
  const ids = await database.objects.matchingIds(query.tenantId, query.filter, MOST_FILTER_IDS + 1);
  return { ids: ids.slice(0, MOST_FILTER_IDS), cut: ids.length > MOST_FILTER_IDS };
}

function vectorTasks({ vectors }: Pick<SearchDependencies, 'vectors'>, query: LegsQuery, restriction: Promise<Restriction | null>, deadline: Deadline): Task[] {
  const run = async ({ model, vector, exceptObjectId }: VectorQuestion): Promise<LegRun> => {
    const [asked, { objectIds, cut }] = await Promise.all([vector(deadline.signal), idsFor(vectors.capabilities.filters, restriction)]);
    const leg = (hits: readonly VectorHit[]): AnsweredLeg => ({ kind: 'vector', space: model.name, hits });
    if (asked === null) return { leg: leg([]), complete: false, cut };
    if (objectIds?.length === 0) return { leg: leg([]), complete: true, cut };
    const { hits, complete } = await vectors.search({
      tenantId: query.tenantId, space: { model: model.name, dimensions: model.dimensions }, vector: asked, limit: query.depth,
      filter: query.filter, objectIds, exceptObjectId, signal: deadline.signal,
    });
    return { leg: leg(hits.filter((hit) => hit.objectId !== exceptObjectId)), complete, cut };
  };
  return query.questions.map((question) => ({ kind: 'vector', name: `vector leg (${question.model.name})`, run: run(question) }));
}

function keywordTask({ keywords }: Pick<SearchDependencies, 'keywords'>, query: LegsQuery, restriction: Promise<Restriction | null>, deadline: Deadline): Task[] {
  const { terms } = query;
  if (terms === null) return [];
  const run = async (): Promise<LegRun> => {
    const nothing: AnsweredLeg = { kind: 'keyword', hits: [] };
    if (terms.length === 0) return { leg: nothing, complete: true, cut: false };
    const { objectIds, cut } = await idsFor(keywords.capabilities.filters, restriction);
    if (objectIds?.length === 0) return { leg: nothing, complete: true, cut };
    const { hits, complete } = await keywords.search({
      tenantId: query.tenantId, terms, limit: query.depth, filter: query.filter, objectIds, signal: deadline.signal,
    });
    return { leg: { kind: 'keyword', hits }, complete, cut };
  };
  return [{ kind: 'keyword', name: 'keyword leg', run: run() }];
}

/** A store that filters by itself does not wait for ids that another needs. */
async function idsFor(filters: 'query' | 'ids', restriction: Promise<Restriction | null>): Promise<{ objectIds: readonly string[] | null; cut: boolean }> {
  const found = filters === 'ids' ? await restriction : null;
  return { objectIds: found?.ids ?? null, cut: found?.cut ?? false };
}

/** What the input or the configuration is to blame for is no failure of a leg. */
const CALLERS_OWN = new Set(['BAD_USER_INPUT', 'NOT_CONFIGURED', 'NOT_FOUND', 'FORBIDDEN']);

function describeFailure({ logger }: Pick<SearchDependencies, 'logger'>, { task, error }: Failure): string {
  if (isStrataError(error) && CALLERS_OWN.has(error.code)) throw error;
  logger.warn({ err: error, leg: task.name }, 'A leg of a search failed');
  if (error instanceof DeadlinePassed) return `The ${task.name} gave ${error.message}; its results are missing.`;
  return `The ${task.name} failed; its results are missing.${isStrataError(error) && error.code === 'DEPENDENCY_UNAVAILABLE' ? ` ${error.message}` : ''}`;
}

const DEPENDENCY = { vector: 'vectors', keyword: 'keywords' } as const;

function noLegAnswered(failures: readonly Failure[]): StrataError {
  const told = failures.map(({ error }) => error).find((error) => isStrataError(error) && error.code === 'DEPENDENCY_UNAVAILABLE');
  if (told !== undefined) return told as StrataError;
  return dependencyUnavailable(DEPENDENCY[failures[0]!.task.kind], new AggregateError(failures.map(({ error }) => error), 'every leg failed'));
}
