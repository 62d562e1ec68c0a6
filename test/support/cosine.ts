/** Of two vectors of one length, whatever their own lengths. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let product = 0;
  let l = 0;
  let r = 0;
  for (let i = 0; i < left.length; i++) {
    product += left[i]! * right[i]!;
    l += left[i]! ** 2;
    r += right[i]! ** 2;
  }
  return product / Math.sqrt(l * r);
}
