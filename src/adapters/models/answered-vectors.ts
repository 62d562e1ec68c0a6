import { unusableModel } from '../../domain/errors.js';

/**
 * A model's answer, a vector a row. A graph may leave the length of its vectors open, so that what the files beside it say of it shows in
 * its answers alone; each is looked at before anybody stores it or searches with it.
 * @throws NOT_CONFIGURED where they are of another length than the model's files say: that is the model's fault, not the input's
 */
export function vectorsOf({ name, dimensions }: { name: string; dimensions: number }, answer: Float32Array, rows: number): Float32Array[] {
  if (answer.length !== rows * dimensions) throw unusableModel(name, `answered vectors of ${answer.length / rows} dimensions where its files say ${dimensions}`);
  return Array.from({ length: rows }, (_, row) => answer.slice(row * dimensions, (row + 1) * dimensions));
}
