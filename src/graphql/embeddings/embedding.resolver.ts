import { Ctx, FieldResolver, Float, Query, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../context.js';
import { objectOf } from '../loaders/object-of.js';
import { DataObjectType } from '../objects/data-object.type.js';
import { EmbeddingModelType, EmbeddingType, toEmbeddingModel } from './embedding.type.js';

@Resolver(() => EmbeddingType)
export class EmbeddingResolver {
  @Query(() => [EmbeddingModelType], { description: 'All models that are known here, whether or not they can run.' })
  async embeddingModels(@Ctx() context: GraphQLContext) {
    const models = await context.services.embeddings.models(context.viewer);
    return models.map(toEmbeddingModel);
  }

  @FieldResolver(() => DataObjectType, { description: 'What it stands for.' })
  object(@Root() embedding: EmbeddingType, @Ctx() context: GraphQLContext): Promise<DataObjectType> {
    return objectOf(embedding.row, context);
  }

  @FieldResolver(() => [Float], {
    nullable: true,
    description: 'The vector, of length 1, read from the vector store; null with an error (DEPENDENCY_UNAVAILABLE) where that is out of reach.',
  })
  async vector(@Root() embedding: EmbeddingType, @Ctx() context: GraphQLContext): Promise<number[] | null> {
    const vector = await context.loaders.vectors.load(embedding.row);
    return vector && Array.from(vector);
  }
}
