import type { RequestFacts } from '../graphql/context.js';
import { runOperation, type OperationResults, type PreparedOperation } from '../graphql/run-operation.js';
import { operationFacts } from './operation-facts.js';
import type { ServerOptions } from './options.js';

/** Runs an operation for a connection that stays open, and reports how long it took to begin. */
export async function runMeasured(operation: PreparedOperation, facts: RequestFacts, { onOperation }: ServerOptions): Promise<OperationResults> {
  const begun = performance.now();
  const results = await runOperation(operation, facts);
  onOperation?.(operationFacts(operation.operation, begun, 'errors' in results && results.errors !== undefined));
  return results;
}
