/** 0 to count − 1 by their bits read backwards (van der Corput's sequence): any beginning of it lies about evenly. */
export function roughlyFirst(count: number): number[] {
  const bits = Math.ceil(Math.log2(Math.max(2, count)));
  const reversed = (value: number) => Array.from({ length: bits }, (_, bit) => ((value >> bit) & 1) << (bits - 1 - bit)).reduce((a, b) => a | b, 0);
  return Array.from({ length: 2 ** bits }, (_, i) => reversed(i)).filter((i) => i < count);
}
