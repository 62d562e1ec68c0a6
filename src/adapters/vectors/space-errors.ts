import { internal, KEEP_MODELS_APART, type StrataError } from '../../domain/errors.js';
import type { VectorSpace } from '../../ports/vector-store.port.js';
import { inTheWay } from './refusals.js';

export const otherDimensions = (space: VectorSpace, existing: number): StrataError =>
  inTheWay(
    `The vectors of "${space.model}" are stored with ${existing} dimensions, and the model now gives ${space.dimensions}. ${KEEP_MODELS_APART}`,
  );

export const notMade = ({ model }: VectorSpace): StrataError => internal(`The vector space of "${model}" was not made before it was written to.`);

export const notThere = ({ model }: VectorSpace): StrataError => internal(`The space of "${model}" is not there after it was made.`);
