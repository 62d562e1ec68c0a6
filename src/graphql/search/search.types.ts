import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../domain/model.js';
import type { SearchHit, SearchResult } from '../../domain/operations.js';
import { encodeTypeId } from '../../domain/type-id.js';
import { DataObjectType, toDataObject } from '../objects/data-object.type.js';
import { pageInfo, PageInfoType } from '../paging/page-info.type.js';
import { JsonScalar } from '../scalars/scalars.js';

@ObjectType('TextSpan', { simpleResolvers: true, description: 'A stretch of `SearchMatch.text`, in UTF-16 code units, half open.' })
export class TextSpanType {
  @Field(() => Int)
  start!: number;

  @Field(() => Int)
  end!: number;
}

@ObjectType('SearchMatch', { simpleResolvers: true, description: 'A passage or a moment of an object that matched.' })
export class SearchMatchType {
  @Field(() => String, { nullable: true, description: 'The passage; null for a picture, a sound or a moment.' })
  text!: string | null;

  @Field(() => [TextSpanType], { description: 'The words of the query within `text`.' })
  highlights!: TextSpanType[];

  @Field(() => Int, { nullable: true, description: 'Where the passage begins in the object’s text, in UTF-16 code units.' })
  start!: number | null;

  @Field(() => Int, { nullable: true, description: 'Where it ends, exclusive.' })
  end!: number | null;

  @Field(() => Int, { nullable: true, description: 'From 1; of paged documents.' })
  page!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of sounds and films.' })
  startSeconds!: number | null;
}

@ObjectType('SpaceExplanation', { simpleResolvers: true, description: 'How one space saw the object.' })
export class SpaceExplanationType {
  @Field(() => String, { description: 'Whose space it is.' })
  model!: string;

  @Field(() => Float, { description: 'Cosine of its best passage or moment, −1 to 1.' })
  score!: number;

  @Field(() => Int, { description: 'From 0, within the space.' })
  rank!: number;
}

@ObjectType('TermContribution', { simpleResolvers: true, description: 'What one thing that a search asked with comes to in an object’s scores; below 0 where it pushes away.' })
export class TermContributionType {
  @Field(() => String, { description: 'Its place in the input, e.g. `query`, `terms.1.objectId` or `disliked.0`.' })
  term!: string;

  @Field(() => Float, { nullable: true, description: 'In `vectorScore`: these add up to it. null where it has no vector in that space.' })
  vector!: number | null;

  @Field(() => Float, { nullable: true, description: 'In `keywordScore`: these add up to it. null where it is no words, or the store that ranks by words does not tell.' })
  keyword!: number | null;

  @Field(() => [ID], { description: 'Objects that an uploaded picture is a near duplicate of, whose captions spoke for it in that space; otherwise none.' })
  through!: string[];
}

@ObjectType('SearchExplanation', { simpleResolvers: true, description: 'How each leg saw the object; null where a leg did not find it.' })
export class SearchExplanationType {
  @Field(() => Float, { nullable: true, description: 'Cosine of its best passage, −1 to 1.' })
  vectorScore!: number | null;

  @Field(() => Int, { nullable: true, description: 'From 0.' })
  vectorRank!: number | null;

  @Field(() => Float, { nullable: true, description: 'BM25 of its best passage, above 0.' })
  keywordScore!: number | null;

  @Field(() => Int, { nullable: true, description: 'From 0.' })
  keywordRank!: number | null;

  @Field(() => String, { nullable: true, description: 'Whose space the vector score is of: the one that ranks the object highest.' })
  model!: string | null;

  @Field(() => [SpaceExplanationType], { description: 'Every space that found it, the one that ranks it highest first.' })
  spaces!: SpaceExplanationType[];

  @Field(() => Float, { nullable: true, description: 'The score that the legs gave it, before `rerank` or `diversity` ordered the results anew; null where neither did.' })
  fusedScore!: number | null;

  @Field(() => Float, { nullable: true, description: '0 to 1: how well its best passage answers the query, as the cross-encoder says; null where it was not read.' })
  rerankScore!: number | null;

  @Field(() => [TermContributionType], { description: 'What each of `terms`, or of the liked and disliked, comes to. Costs one more question a space to the vector store.' })
  contributions!: TermContributionType[];
}

@ObjectType('SearchEdge', { simpleResolvers: true, description: 'One object that was found.' })
export class SearchEdgeType {
  @Field(() => String, { description: 'Valid for 300 seconds, with the same input.' })
  cursor!: string;

  @Field(() => DataObjectType)
  node!: DataObjectType;

  @Field(() => Float, {
    description:
      '0 to 1, falling. Comparable within one search, not between two. Where results were ordered anew, scores stay with their places; `explanation.fusedScore` is the object’s own.',
  })
  score!: number;

  @Field(() => SearchExplanationType)
  explanation!: SearchExplanationType;

  @Field(() => [SearchMatchType], { description: 'The passages or moments that matched, best first.' })
  matches!: SearchMatchType[];
}

@ObjectType('FacetBucket', { simpleResolvers: true, description: 'A value and how many candidates have it.' })
export class FacetBucketType {
  @Field(() => JsonScalar)
  value!: Json;

  @Field(() => Int)
  count!: number;
}

@ObjectType('Facet', { simpleResolvers: true, description: 'The candidates by one field, the most frequent value first.' })
export class FacetType {
  @Field(() => String, { description: 'As it was asked for.' })
  field!: string;

  @Field(() => [FacetBucketType])
  buckets!: FacetBucketType[];
}

@ObjectType('SearchConnection', { simpleResolvers: true, description: 'A page of what was found, best first.' })
export class SearchConnectionType {
  @Field(() => [SearchEdgeType], { description: 'With scores, explanations and matches.' })
  edges: SearchEdgeType[];

  @Field(() => [DataObjectType], { description: 'The objects alone, in the same order.' })
  nodes: DataObjectType[];

  @Field(() => PageInfoType)
  pageInfo: PageInfoType;

  @Field(() => Int, { nullable: true, description: 'Of the candidates: at most as many as the legs go deep.' })
  totalCount: number | null;

  @Field(() => [FacetType], { description: 'Of the same candidates, in the order asked for.' })
  facets: FacetType[];

  @Field(() => Boolean, { description: 'A leg failed or stopped short. The rest is still right, and a warning says which.' })
  incomplete: boolean;

  @Field(() => [String], { description: 'What the reader should know about these results.' })
  warnings: string[];

  constructor(result: SearchResult) {
    this.edges = result.hits.map(toSearchEdge);
    this.nodes = this.edges.map((edge) => edge.node);
    this.pageInfo = pageInfo({ ...result, cursors: result.hits.map((hit) => hit.cursor) });
    this.totalCount = result.totalCount;
    this.facets = result.facets;
    this.incomplete = result.incomplete;
    this.warnings = result.warnings;
  }
}

const toSearchEdge = ({ object, explanation, ...hit }: SearchHit): SearchEdgeType => {
  const contributions = explanation.contributions.map((each) => ({ ...each, through: each.through.map((id) => encodeTypeId('obj', id)) }));
  return { ...hit, node: toDataObject(object), explanation: { ...explanation, contributions } };
};
