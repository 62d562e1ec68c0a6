import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { PurgeResult } from '../../domain/operations.js';
import { encodeId } from '../ids.js';
import { SafeIntScalar } from '../scalars/scalars.js';

@ObjectType('PurgePayload', { simpleResolvers: true, description: 'What went with a purged object.' })
export class PurgePayloadType {
  @Field(() => ID, { description: 'Of the object that is gone.' })
  id!: string;

  @Field(() => SafeIntScalar, { description: 'Bytes that truly went from the store: 0 where another object shared them.' })
  bytesFreed!: number;

  @Field(() => Int, { description: 'How many annotations went.' })
  annotations!: number;

  @Field(() => Int, { description: 'How many embeddings went, with their vectors.' })
  embeddings!: number;
}

export const toPurgePayload = (result: PurgeResult): PurgePayloadType => ({ ...result, id: encodeId('obj', result.id) });
