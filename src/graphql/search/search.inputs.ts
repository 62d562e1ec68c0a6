import { Field, Float, ID, InputType, Int } from 'type-graphql';
import type { Fusion, SearchMode } from '../../domain/operations.js';
import { defineEnum } from '../define-enum.js';
import { DataObjectFilterInput } from '../filters/filter.inputs.js';

export const SearchModeEnum = defineEnum<SearchMode>('SearchMode', 'Which legs a search runs on.', {
  HYBRID: 'By meaning and by words, fused.',
  VECTOR: 'By meaning alone: cosine of vectors.',
  KEYWORD: 'By words alone: BM25.',
});

export const FusionEnum = defineEnum<Fusion>('Fusion', 'How the two legs of a hybrid search become one ranking.', {
  RELATIVE_SCORE: 'Each leg’s scores scaled to 0 to 1 between its worst and best, then weighted by alpha.',
  RANKED: 'Weight divided by 60 + rank, summed, and divided by the best attainable.',
});

const UPLOAD =
  '`upl_…`, bytes that were uploaded with `purpose: QUERY`: an image asks the spaces of images, a sound those of sounds, a text or a document those of texts.';

const DIVERSITY =
  '0 to 1; null: off. Orders the first 100 by maximal marginal relevance: again and again the one with the greatest (1 − diversity) × score − diversity × (greatest cosine to one that stands above, within a space).';

@InputType('FacetInput', { description: 'Count the candidates by a field.' })
export class FacetInput {
  @Field(() => String, { description: '`type`, `mimeType`, `label`, `annotatorId`, or `metadata.` and a path as in a MetadataFilter.' })
  field!: string;

  @Field(() => Int, { nullable: true, defaultValue: 10, description: 'How many values at most, the most frequent first; 1 to 100.' })
  limit?: number | null;
}

@InputType('SearchTermInput', {
  description: 'One thing to draw near to, or to push away from: exactly one of `query`, `objectId`, `uploadId` and `vector`, and its weight.',
})
export class SearchTermInput {
  @Field(() => String, { nullable: true, description: 'Words: for both legs.' })
  query?: string | null;

  @Field(() => ID, { nullable: true, description: '`obj_…`, by the normalised mean of its vectors; it is not among the results.' })
  objectId?: string | null;

  @Field(() => ID, { nullable: true, description: UPLOAD })
  uploadId?: string | null;

  @Field(() => [Float], { nullable: true, description: 'A vector of `model`, of its length.' })
  vector?: number[] | null;

  @Field(() => String, { nullable: true, description: 'Whose `vector` it is; left out, as in the search around it.' })
  model?: string | null;

  @Field(() => Float, { nullable: true, defaultValue: 1, description: '−10 to 10, not 0; below 0 it pushes away.' })
  weight?: number | null;
}

@InputType('SearchInput', {
  description:
    'What to look for: exactly one of `query`, `objectId`, `uploadId` and `vector`, or `query` with `vector` in HYBRID: words for one leg, the vector for the other. `objectId`, `uploadId` or `vector` alone runs the vector leg. Several things weigh against each other in `terms`, alone or beside one of these.',
})
export class SearchInput {
  @Field(() => String, { nullable: true, description: 'Words, or a question. Empty: BAD_USER_INPUT.' })
  query?: string | null;

  @Field(() => ID, { nullable: true, description: '`obj_…`, an object to find the like of; it is not among the results.' })
  objectId?: string | null;

  @Field(() => ID, { nullable: true, description: UPLOAD })
  uploadId?: string | null;

  @Field(() => [Float], { nullable: true, description: 'A vector of `model`, of its length.' })
  vector?: number[] | null;

  @Field(() => [SearchTermInput], {
    nullable: true,
    description:
      'At most 20; what stands beside them is a term of weight 1. Each space is asked for the direction of Σ weight × unit vector, over the terms that have a vector there. By words a passage scores Σ weight × BM25, and is found where that is above 0. No term above 0, or terms that cancel each other out: BAD_USER_INPUT.',
  })
  terms?: SearchTermInput[] | null;

  @Field(() => String, { nullable: true, description: 'One of `embeddingModels`; left out, every active one that fits.' })
  model?: string | null;

  @Field(() => SearchModeEnum, { nullable: true, defaultValue: 'HYBRID' })
  mode?: SearchMode | null;

  @Field(() => Float, { nullable: true, description: '0: keywords alone; 1: vectors alone; null: the model’s measured default. Ignored outside HYBRID.' })
  alpha?: number | null;

  @Field(() => FusionEnum, { nullable: true, description: 'null: RELATIVE_SCORE. Ignored outside HYBRID.' })
  fusion?: Fusion | null;

  @Field(() => DataObjectFilterInput, { nullable: true, description: 'Holds inside both legs. Objects in the bin are never found.' })
  filter?: DataObjectFilterInput | null;

  @Field(() => Float, { nullable: true, description: 'Leaves out what has a lower `score`.' })
  minScore?: number | null;

  @Field(() => Float, { nullable: true, description: 'Leaves out of the vector leg what has a lower cosine, −1 to 1.' })
  minVectorScore?: number | null;

  @Field(() => [FacetInput], { nullable: true })
  facets?: FacetInput[] | null;

  @Field(() => Float, { nullable: true, description: DIVERSITY })
  diversity?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'A cross-encoder reads the best passages of the first results together with the words that draw near, and orders those results anew; what has no passage keeps its place. null: as `embedding.reranker` says; NOT_CONFIGURED where there is none. Where its time runs out the order stays as it was, and a warning says so.',
  })
  rerank?: boolean | null;
}

@InputType('RecommendInput', {
  description:
    'What is liked and what is not. Each space is asked for the mean of the liked less half the mean of the disliked (Rocchio), over the objects that have vectors there; each object counts by the normalised mean of its vectors.',
})
export class RecommendInput {
  @Field(() => [ID], { description: '`obj_…`, at least one; at most 100 with the disliked. None of them is among the results.' })
  liked!: string[];

  @Field(() => [ID], { nullable: true, description: '`obj_…`, none of them among the liked.' })
  disliked?: string[] | null;

  @Field(() => String, { nullable: true, description: 'One of `embeddingModels`; left out, every active one that a liked object has vectors of.' })
  model?: string | null;

  @Field(() => DataObjectFilterInput, { nullable: true, description: 'Objects in the bin are never found.' })
  filter?: DataObjectFilterInput | null;

  @Field(() => Float, { nullable: true, description: 'Leaves out what has a lower `score`.' })
  minScore?: number | null;

  @Field(() => Float, { nullable: true, description: 'Leaves out what has a lower cosine, −1 to 1.' })
  minVectorScore?: number | null;

  @Field(() => [FacetInput], { nullable: true })
  facets?: FacetInput[] | null;

  @Field(() => Float, { nullable: true, description: DIVERSITY })
  diversity?: number | null;
}
