import { isObjectType, type GraphQLField, type GraphQLResolveInfo, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { Span, Tracer } from '../../ports/tracer.port.js';

/** What a request's resolvers have in common. */
interface Operation {
  span: Span;
  /** Paths without positions in lists: of a field of a list's items, the first alone is told, and stands for the batch that they share. */
  told: Set<string>;
}

export interface FollowedOperation {
  within<T>(work: () => T): T;
  end(failed: boolean): void;
}

type Resolver = (source: unknown, args: never, context: object, info: GraphQLResolveInfo) => unknown;

/** Spans of operations, and beneath each one of the fields that take time. */
export class GraphQLTracing {
  private readonly operations = new WeakMap<object, Operation>();

  constructor(private readonly tracer: Tracer) {}

  /** @param context what its resolvers will be handed; null where that is not known yet: then what runs `within` belongs to it */
  begin(operation: OperationDefinitionNode, context: object | null): FollowedOperation {
    const name = operation.name?.value;
    const span = this.tracer.start(name === undefined ? operation.operation : `${operation.operation} ${name}`, {
      attributes: { 'graphql.operation.type': operation.operation, 'graphql.operation.name': name },
    });
    if (context !== null) this.operations.set(context, { span, told: new Set() });
    return {
      within: (work) => this.tracer.within(span, work),
      end: (failed) => span.end(failed ? FAILED : undefined),
    };
  }

  /** Has the schema's own resolvers followed, in place. What only reads a property is left as it is. */
  follow(schema: GraphQLSchema): GraphQLSchema {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) this.followField(field, type === schema.getSubscriptionType());
    }
    return schema;
  }

  private followField(field: GraphQLField<unknown, object>, isSubscription: boolean): void {
    const { resolve, subscribe } = field;
    // A source of events lives as long as its client stays, and what it does meanwhile is nobody's request.
    if (subscribe) field.subscribe = (...args) => this.tracer.within(null, () => subscribe(...args) as unknown);
    if (!resolve) return;
    field.resolve = (source, args, context, info) => {
      if (isSubscription) this.beginEvent(context, info);
      return this.resolved(resolve as Resolver, source, args, context, info);
    };
  }

  /** Each event of a subscription is a trace of its own. */
  private beginEvent(context: object, { fieldName }: GraphQLResolveInfo): void {
    const span = this.tracer.start(`event ${fieldName}`, { parent: null, attributes: { 'graphql.operation.type': 'subscription' } });
    this.operations.set(context, { span, told: new Set() });
    span.end();
  }

  private resolved(resolve: Resolver, source: unknown, args: unknown, context: object, info: GraphQLResolveInfo): unknown {
    const operation = this.operations.get(context);
    const parent = operation?.span ?? this.tracer.current();
    if (parent === null) return resolve(source, args as never, context, info);
    const path = pathOf(info);
    if (operation?.told.has(path)) return this.tracer.within(parent, () => resolve(source, args as never, context, info));
    const span = this.tracer.start(`${info.parentType.name}.${info.fieldName}`, { parent, attributes: { 'graphql.field.path': path } });
    // A span that is never ended is never sent: what answers at once took no time worth telling.
    const result = this.tracer.within(span, () => resolve(source, args as never, context, info));
    if (!(result instanceof Promise)) return result;
    operation?.told.add(path);
    result.then(() => span.end(), (error: unknown) => span.end((error as { originalError?: unknown }).originalError ?? error));
    return result;
  }
}

/** The answer has errors; each is told at its field. */
const FAILED = { name: 'GraphQLError' };

function pathOf({ path }: GraphQLResolveInfo): string {
  const names: string[] = [];
  for (let step: GraphQLResolveInfo['path'] | undefined = path; step; step = step.prev) if (typeof step.key === 'string') names.unshift(step.key);
  return names.join('.');
}
