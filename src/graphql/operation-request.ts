import type { OperationDefinitionNode } from 'graphql';
import { badInput, rateLimited } from '../domain/errors.js';

export interface OperationRequest {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

/**
 * From a parsed body, or from the parameters of a GET, where `variables` is JSON text.
 * @throws BAD_USER_INPUT
 */
export function readOperationRequest(params: unknown): OperationRequest {
  if (!isRecord(params)) throw badInput('The body must be a JSON object with "query".');
  const { query, operationName, variables } = params;
  if (typeof query !== 'string') throw badInput('"query" is missing; it must be a GraphQL document.', ['query']);
  if (operationName != null && typeof operationName !== 'string') throw badInput('"operationName" must be a string.', ['operationName']);
  return { query, operationName, variables: variablesOf(variables) };
}

function variablesOf(variables: unknown): Record<string, unknown> | null {
  if (variables == null || variables === '') return null;
  const value = typeof variables === 'string' ? fromJson(variables) : variables;
  if (!isRecord(value)) throw badInput('"variables" must be a JSON object.', ['variables']);
  return value;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badInput('"variables" is not JSON.', ['variables']);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws BAD_USER_INPUT for a subscription where only one answer can be given */
export function refuseSubscription({ operation }: OperationDefinitionNode): void {
  if (operation !== 'subscription') return;
  throw badInput('Subscriptions need a connection that stays open: WebSocket (graphql-transport-ws), or "Accept: text/event-stream".');
}

/** @throws BAD_USER_INPUT for a mutation in a request that a link or an image can make */
export function refuseMutation({ operation }: OperationDefinitionNode): void {
  if (operation === 'mutation') throw badInput('Send mutations with POST.');
}

/** @throws RATE_LIMITED */
export function refuseMoreThan(max: number, running: number): void {
  if (running > max) throw rateLimited(`At most ${max} operations may run at once on one connection.`);
}
