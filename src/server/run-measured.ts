import type { RequestFacts } from '../graphql/context.js';
import { runOperation, type OperationResults, type PreparedOperation } from '../graphql/run-operation.js';
import { operationFacts } from './operation-facts.js';
import type { ServerOptions } from './options.js';

/** Runs an operation for a connection that stays open, and reports how long it took to begin. */
export async function runMeasured(operation: PreparedOperation, facts: RequestFacts, { onOperation, onQuery, tracing }: ServerOptions): Promise<OperationResults> {
  const begun = performance.now();
  const followed = tracing?.operation(operation.operation, null);
  const run = () => runOperation(operation, facts);
  const end = operation.operation.operation === 'query' ? onQuery?.() : undefined;
  let failed = true;
  try {
    const results = await (followed ? followed.within(run) : run());
    failed = 'errors' in results && results.errors !== undefined;
    onOperation?.(operationFacts(operation.operation, begun, failed));
    return results;
  } finally {
    end?.();
    followed?.end(failed);
  }
}
