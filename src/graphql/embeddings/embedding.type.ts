import { Directive, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { DataType, Embedding, JsonObject } from '../../domain/model.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { DataTypeEnum } from '../objects/object.enums.js';
import { DateTimeScalar, JsonScalar } from '../scalars/scalars.js';
import type { EmbeddingModelInfo } from '../services.js';

@Directive('@key(fields: "id")')
@ObjectType('Embedding', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'A vector that stands for an object, or for one passage or moment of it, in the space of one model.',
})
export class EmbeddingType extends NodeType {
  @Field(() => ID, { description: '`emb_` and 26 characters.' })
  declare id: string;

  @Field(() => String, { description: 'One of `embeddingModels`.' })
  modelName: string;

  @Field(() => Int, { description: 'Length of the vector.' })
  dimensions: number;

  @Field(() => String, { description: 'The vector’s id in the vector store.' })
  vectorDbId: string;

  @Field(() => JsonScalar, { description: 'A JSON object: revision of the model, place of the passage, what was done to the content beforehand.' })
  metadata: JsonObject;

  @Field(() => DateTimeScalar)
  createdAt: Date;

  /** What the relations are read with; not a field. */
  readonly row: Embedding;

  constructor(row: Embedding) {
    super();
    this.id = encodeId('emb', row.id);
    this.modelName = row.modelName;
    this.dimensions = row.dimensions;
    this.vectorDbId = row.vectorDbId;
    this.metadata = row.metadata;
    this.createdAt = row.createdAt;
    this.row = row;
  }
}

export const toEmbedding = (row: Embedding) => new EmbeddingType(row);

@ObjectType('EmbeddingModel', { simpleResolvers: true, description: 'A model that turns content into vectors.' })
export class EmbeddingModelType {
  @Field(() => String)
  name!: string;

  @Field(() => [DataTypeEnum], { description: 'What it can embed.' })
  modalities!: DataType[];

  @Field(() => Int, { description: 'Length of its vectors.' })
  dimensions!: number;

  @Field(() => Boolean, { description: 'New objects are embedded with it.' })
  active!: boolean;

  @Field(() => Boolean, { description: 'Searches that name no model ask it. While a change of models is under way, one may be active and not yet, or no longer, searched.' })
  searched!: boolean;

  @Field(() => Boolean, { description: 'It can run here: its weights and its runtime are there.' })
  available!: boolean;

  @Field(() => Float, { description: 'From which cosine two objects are SEMANTIC duplicates in its space, where `minSimilarity` asks for no other.' })
  duplicateCosine!: number;

  @Field(() => Float, { description: 'From which cosine a saved search finds an object in its space by objects or a vector, where its `minVectorScore` asks for no other.' })
  likenessCosine!: number;

  @Field(() => Float, { nullable: true, description: 'The same by words. Null where it reads none.' })
  wordsCosine!: number | null;

  @Field(() => String, { description: 'The configuration key that brings it.' })
  setting!: string;

  @Field(() => String, { description: 'What its likeness means, in a sentence.' })
  description!: string;
}

export const toEmbeddingModel = (info: EmbeddingModelInfo): EmbeddingModelType => ({ ...info, modalities: [...info.modalities] });
