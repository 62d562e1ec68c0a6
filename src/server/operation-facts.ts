import type { OperationDefinitionNode } from 'graphql';
import type { OperationFacts } from './options.js';

/** @param begun from `performance.now()` */
export function operationFacts(operation: OperationDefinitionNode, begun: number, failed: boolean): OperationFacts {
  const [first] = operation.selectionSet.selections;
  return {
    type: operation.operation,
    field: first?.kind === 'Field' ? first.name.value : 'fragment',
    seconds: (performance.now() - begun) / 1_000,
    failed,
  };
}
