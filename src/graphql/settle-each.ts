import { isStrataError } from '../domain/errors.js';
import type { GraphQLContext } from './context.js';
import { toUserError } from './errors.js';
import type { UserErrorType } from './errors/user-error.type.js';
import { checkLength, MAX_INPUTS } from './lists.js';
import type { Settled } from './services.js';

/**
 * A list mutation whose items stand alone: inputs that cannot be mapped are answered as errors, the rest go to the
 * service in one call, and the answers come back in the order of the inputs.
 */
export async function settleEach<Input, Mapped, Row, Node>(
  inputs: readonly Input[],
  steps: {
    map(input: Input, path: readonly (string | number)[]): Mapped;
    run(mapped: Mapped[]): Promise<Settled<Row>[]>;
    toNode(row: Row): Node;
  },
  context: GraphQLContext,
): Promise<(Node | UserErrorType)[]> {
  checkLength(inputs, MAX_INPUTS, ['input']);
  const results = new Array<Node | UserErrorType>(inputs.length);
  const mapped: Mapped[] = [];
  const positions: number[] = [];
  inputs.forEach((input, i) => {
    try {
      // The path of an item's own error begins within it; the place in the list is added for all alike.
      mapped.push(steps.map(input, []));
      positions.push(i);
    } catch (error) {
      if (!isStrataError(error)) throw error;
      results[i] = toUserError(error, ['input', i], context);
    }
  });
  const rows = mapped.length > 0 ? await steps.run(mapped) : [];
  rows.forEach((row, at) => {
    const i = positions[at]!;
    results[i] = isStrataError(row) ? toUserError(row, ['input', i], context) : steps.toNode(row);
  });
  return results;
}
