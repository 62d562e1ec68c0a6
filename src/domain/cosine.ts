/** The cosine of two vectors of any lengths other than 0; −1 where they have not as many numbers, NaN beside one of zeros alone. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return -1;
  let [dot, lengths, others] = [0, 0, 0];
  for (let at = 0; at < left.length; at += 1) {
    dot += left[at]! * right[at]!;
    lengths += left[at]! ** 2;
    others += right[at]! ** 2;
  }
  return dot / Math.sqrt(lengths * others);
}
