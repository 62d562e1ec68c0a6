import { isStrataError } from '../../domain/errors.js';
import type { Embedding } from '../../domain/model.js';
import { usualCosine } from '../../domain/near-duplicates.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { Deadline } from './deadline.js';
import { runLegs } from './legs.js';
import { centroid, centroidsOf } from './query-vectors.js';
import { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

/** Objects whose captions speak for a picture, at most: the nearest of each space. */
const MOST_LOOKALIKES = 5;

type Needs = Pick<SearchDependencies, 'vectors' | 'keywords' | 'database' | 'logger'>;

/**
 * Nothing is said yet about a picture that was uploaded for a query, so it is heard by texts as an object that is the same picture
 * would be: by what is said about that. Near enough is what near duplicates are told by, each space with its own cosine; of pictures
 * that are merely alike nobody knows whether what is said about one holds for the other. One question a space, one statement.
 * @param spaces of pictures, and the picture's vector in each
 * @returns vectors of their captions, in every space of texts; null where the stores or models do not answer
 */
export async function captionsOfLookalikes(
  deps: Needs,
  tenantId: string,
  spaces: readonly EmbeddingModel[],
  vectorIn: (model: EmbeddingModel) => Promise<Float32Array | null>,
  deadline: Deadline,
): Promise<Embedding[] | null> {
  const questions = spaces.map((model) => ({ model, exceptObjectIds: [], vector: () => vectorIn(model) }));
  const query = { tenantId, questions, words: null, exceptObjectIds: [], filter: null, depth: MOST_LOOKALIKES, perObject: 1, atHand: new RowsAtHand(0) };
  try {
    const { legs } = await runLegs(deps, query, deadline);
    const bounds = new Map(spaces.map((model) => [model.name, usualCosine(model)]));
    const near = legs.flatMap((leg) => (leg.kind === 'vector' ? leg.hits.filter(({ score }) => score >= bounds.get(leg.space)!) : []));
    if (near.length === 0) return [];
    const found = await deadline.raceFor('database', deps.database.embeddings.findByObjects(tenantId, [...new Set(near.map(({ objectId }) => objectId))], null));
    // What is said in a film, and when, is no word about a picture that is like one of its frames.
    return found.filter(({ metadata }) => metadata.annotationId !== undefined && metadata.startSeconds === undefined);
  } catch (error) {
    // Whatever else was asked for, and other legs, may do without.
    if (isStrataError(error) && error.extensions.dependency !== undefined) return null;
    throw error;
  }
}

export const objectsOf = (embeddings: readonly Embedding[]): string[] => [...new Set(embeddings.map(({ objectId }) => objectId))];

/**
 * What captions ask one space of texts with: the normalised mean over their objects, each by the mean of its own. Null where the store
 * has none of them.
 */
export async function askByCaptions(deps: Pick<SearchDependencies, 'vectors'>, tenantId: string, model: EmbeddingModel, captions: readonly Embedding[]): Promise<Float32Array | null> {
  const centroids = [...(await centroidsOf(deps, tenantId, model, objectsOf(captions), captions)).values()];
  return centroids.length === 0 ? null : centroid(centroids);
}
