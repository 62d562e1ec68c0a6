import { Field, ObjectType } from 'type-graphql';
import { type ErrorCode } from '../../domain/errors.js';
import { ErrorCodeEnum } from './error-code.enum.js';

@ObjectType('UserError', {
  simpleResolvers: true,
  description: 'Why one item of a list, or one upload, was refused; the others are not touched by it.',
})
export class UserErrorType {
  @Field(() => ErrorCodeEnum)
  code: ErrorCode;

  @Field(() => String, { description: 'What was wrong and what would be right, in English. Not meant to be parsed.' })
  message: string;

  @Field(() => [String], {
    description: 'Where in the input, from the argument inwards, list positions from 0: `["input", "3", "confidence"]`. Empty where it concerns the whole.',
  })
  path: string[];

  constructor(code: ErrorCode, message: string, path: readonly string[]) {
    this.code = code;
    this.message = message;
    this.path = [...path];
  }
}
