/** How many hits count. */
export const TOP = 10;

/** nDCG@10 with gains as they were judged, each discounted by log2(rank + 1) (Järvelin and Kekäläinen, 2002). */
export function ndcg(gains: ReadonlyMap<string, number>, ranking: readonly string[]): number {
  const gain = (values: readonly number[]) => values.slice(0, TOP).reduce((sum, value, i) => sum + value / Math.log2(i + 2), 0);
  const ideal = gain([...gains.values()].sort((a, b) => b - a));
  return gain(ranking.map((id) => gains.get(id) ?? 0)) / ideal;
}
