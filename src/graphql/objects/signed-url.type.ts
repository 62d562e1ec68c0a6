import { Directive, Field, ObjectType } from 'type-graphql';
import { DateTimeScalar, UrlScalar } from '../scalars/scalars.js';

@Directive('@shareable')
@ObjectType('HttpHeader', { simpleResolvers: true, description: 'A header that the request must carry.' })
export class HttpHeaderType {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@Directive('@shareable')
@ObjectType('SignedUrl', {
  simpleResolvers: true,
  description: 'A request that anyone may make until it expires: this method, this URL, these headers.',
})
export class SignedUrlType {
  @Field(() => UrlScalar)
  url!: string;

  @Field(() => String, { description: '`GET` or `PUT`.' })
  method!: string;

  @Field(() => [HttpHeaderType], { description: 'To be sent along exactly; the signature covers them.' })
  headers!: HttpHeaderType[];

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
}
