import { Repeater } from '@repeaterjs/repeater';
import {
  createSourceEventStream, execute, getOperationAST, GraphQLError, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate,
  type DocumentNode, type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { badInput, StrataError } from '../domain/errors.js';
import { createContext, type RequestFacts } from './context.js';
import { PublicError, toPublicError, type ErrorScope } from './errors.js';
import type { OperationRequest } from './operation-request.js';
import { checkOperation, measureOperation, type OperationLimits } from './operation-limits.js';

export interface OperationRules extends OperationLimits {
  maxTokens: number;
  introspection: boolean;
}

export interface PreparedOperation {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  operationName: string | null;
  variables: Record<string, unknown>;
}

/**
 * What Apollo Server does for HTTP, for the transports that it does not serve: the same rules in the same order.
 * @throws GraphQLError, one or an AggregateError of several, or StrataError
 */
export function prepareOperation(schema: GraphQLSchema, request: OperationRequest, rules: OperationRules): PreparedOperation {
  const document = parse(request.query, { maxTokens: rules.maxTokens });
  const errors = validate(schema, document, rules.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]);
  if (errors.length > 0) throw new AggregateError(errors, 'The document is not valid');
  const operation = getOperationAST(document, request.operationName);
  if (!operation) throw badInput('Name one of the document’s operations in "operationName".', ['operationName']);
  const variables = request.variables ?? {};
  checkOperation(measureOperation(schema, document, operation, variables), rules);
  return { schema, document, operation, operationName: request.operationName ?? null, variables };
}

export type OperationResults = FormattedExecutionResult | Repeater<FormattedExecutionResult>;

/** Runs an operation and answers results that may leave the process. A subscription ends, and lets go of its source, when it is returned. */
export async function runOperation(operation: PreparedOperation, facts: RequestFacts): Promise<OperationResults> {
  const args = argsOf(operation);
  if (operation.operation.operation === 'subscription') return subscribeTo(args, facts);
  const context = createContext(facts);
  return toPublicResult(await execute({ ...args, contextValue: context }), context);
}

async function subscribeTo(args: ExecutionArgs, facts: RequestFacts): Promise<OperationResults> {
  const ending = new AbortController();
  const signal = AbortSignal.any([facts.signal, ending.signal]);
  const context = createContext({ ...facts, signal });
  const source = await createSourceEventStream({ ...args, contextValue: context });
  if (!(Symbol.asyncIterator in source)) return toPublicResult(source, context);
  return new Repeater(async (push, stop) => {
    // Not awaited: a source that waits for its next event only wakes when it is told to end.
    void stop.then(() => ending.abort());
    try {
      // The next event is taken when this one was: what a slow consumer does not take waits in the source, which bounds it.
      for await (const event of untilAborted(source, signal)) {
        const fresh = createContext({ ...facts, signal });
        await push(toPublicResult(await execute({ ...args, rootValue: event, contextValue: fresh }), fresh));
      }
    } catch (error) {
      if (!signal.aborted) await push({ errors: [toPublicError(error, context)] });
    }
    stop();
  });
}

/** A source that does not hear its signal must not keep a connection from closing. */
function untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  return new Repeater<T>(async (push, stop) => {
    const events = source[Symbol.asyncIterator]();
    const aborted = new Promise<null>((resolve) => {
      if (signal.aborted) resolve(null);
      else signal.addEventListener('abort', () => resolve(null), { once: true });
    });
    for (let next = await Promise.race([events.next(), aborted]); next !== null && !next.done; ) {
      await push(next.value);
      next = await Promise.race([events.next(), aborted]);
    }
    // Fire and forget, for the same reason; a source that fails while it closes has nobody left to tell.
    void events.return?.().catch(() => undefined);
    stop();
  });
}

const argsOf = ({ schema, document, operationName, variables }: PreparedOperation): ExecutionArgs => ({
  schema,
  document,
  operationName,
  variableValues: variables,
});

function toPublicResult(result: ExecutionResult, scope: ErrorScope): FormattedExecutionResult {
  const { errors, ...rest } = result;
  return errors ? { ...rest, errors: errors.map((error) => toPublicError(error, scope)) } : rest;
}

/** The errors of an operation that could not begin. */
export function toPublicErrors(error: unknown, scope: ErrorScope): PublicError[] {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map((one) => new PublicError(toPublicError(one, scope)));
}

/** For Apollo Server's hooks, which take GraphQLErrors; 400 is the status where the client asked for one. */
export function asRequestError(error: unknown): unknown {
  if (!(error instanceof StrataError)) return error;
  return new GraphQLError(error.message, { originalError: error, extensions: { code: error.code, http: { status: 400 } } });
}
