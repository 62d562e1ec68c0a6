import { isUnavailable, isUnusableModel } from '../../domain/errors.js';
import type { Deadline } from './deadline.js';
import { DeadlinePassed } from './deadline.js';
import type { RankedObject, Ranking } from './ranking.js';
import type { SearchDependencies } from './search-dependencies.js';

/**
 * A ranking after something ordered it anew; where that fails or the time runs out, the ranking as it was, with a warning.
 * @param step as a warning names it, e.g. `order by diversity`
 * @throws the caller's reason where the caller gave up
 */
export async function orderedAnew(
  { logger }: Pick<SearchDependencies, 'logger'>,
  ranking: Ranking,
  step: string,
  deadline: Deadline,
  order: (objects: readonly RankedObject[]) => Promise<RankedObject[]>,
): Promise<Ranking> {
  try {
    return { ...ranking, objects: await order(ranking.objects) };
  } catch (error) {
    if (deadline.signal.aborted && !(deadline.signal.reason instanceof DeadlinePassed)) throw deadline.signal.reason;
    if (!(error instanceof DeadlinePassed) && !isUnavailable(error) && !isUnusableModel(error)) throw error;
    logger.warn({ err: error, step }, 'A search keeps the order that it had');
    const reason = error instanceof DeadlinePassed ? `it gave ${error.message}` : error.message;
    return { ...ranking, incomplete: true, warnings: [...ranking.warnings, `The ${step} is missing, and the results stand as they were fused: ${reason}`] };
  }
}

/**
 * The objects in another order. Scores stay with their places, so that they still fall: an object that rises takes the score of the
 * place that it rises to, and keeps its own as `fusedScore`.
 * @param order indexes into the first objects, each once; those behind them stay where they are
 */
export function reordered(objects: readonly RankedObject[], order: readonly number[]): RankedObject[] {
  return objects.map((object, place) => {
    const moved = place < order.length ? objects[order[place]!]! : object;
    return { ...moved, score: object.score, fusedScore: moved.fusedScore ?? moved.score };
  });
}
