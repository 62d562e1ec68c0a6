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

@InputType('FacetInput', { description: 'Count the candidates by a field.' })
export class FacetInput {
  @Field(() => String, { description: '`type`, `mimeType`, `label`, `annotatorId`, or `metadata.` and a path as in a MetadataFilter.' })
  field!: string;

  @Field(() => Int, { nullable: true, defaultValue: 10, description: 'How many values at most, the most frequent first; 1 to 100.' })
  limit?: number | null;
}

@InputType('SearchInput', {
  description:
    'What to look for: exactly one of `query`, `objectId` and `vector`, or `query` with `vector` in HYBRID: words for one leg, the vector for the other. `objectId` or `vector` alone runs the vector leg.',
})
export class SearchInput {
  @Field(() => String, { nullable: true, description: 'Words, or a question. Empty: BAD_USER_INPUT.' })
  query?: string | null;

  @Field(() => ID, { nullable: true, description: '`obj_…`, an object to find the like of; it is not among the results.' })
  objectId?: string | null;

  @Field(() => [Float], { nullable: true, description: 'A vector of `model`, of its length.' })
  vector?: number[] | null;

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
}
