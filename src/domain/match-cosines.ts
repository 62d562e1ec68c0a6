import type { DataType } from './model.js';
import { usualCosine } from './near-duplicates.js';

/**
 * From which cosine an object that stands alone matches what a saved search asks with, in a model's space. A cosine of one space says
 * nothing in another, and where words and pictures share a space, those lie farther from these than these from each other.
 */
export interface MatchCosines {
  /** Asked with words. */
  words: number;
  /** Asked with objects or a vector. */
  likeness: number;
}

interface MeasuredModel {
  modalities: readonly DataType[];
  duplicateCosine: number | null;
  matchCosines?: Partial<MatchCosines>;
}

/** docs/search.md, "Saved searches", says where these come from. */
const UNMEASURED_TEXTS = 0.85;
const UNMEASURED_WORDS_FOR_MEDIA = 0.3;

/** Where nobody says: of texts the same whatever asks; of looks and sounds the bound of near duplicates. */
export function usualMatchCosines(model: MeasuredModel): MatchCosines {
  const usual = model.modalities.includes('TEXT') ? { words: UNMEASURED_TEXTS, likeness: UNMEASURED_TEXTS } : { words: UNMEASURED_WORDS_FOR_MEDIA, likeness: usualCosine(model) };
  return { ...usual, ...model.matchCosines };
}
