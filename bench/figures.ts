/** One measurement beside its limit. */
export interface Figure {
  /** Which measurement it belongs to: the name that `--only` takes. */
  of: string;
  what: string;
  measured: number;
  unit: string;
  limit: { at: 'most' | 'least'; value: number };
  /** In a few words, for the table: what stood beside it. */
  beside: string;
  /** Everything behind it, for the file. */
  details: Record<string, unknown>;
}

export const holds = ({ measured, limit }: Figure): boolean => (limit.at === 'most' ? measured <= limit.value : measured >= limit.value);

/** Nearest rank. @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const summary = (values: readonly number[]) => ({
  count: values.length,
  median: rounded(median(values)),
  p95: rounded(percentile(values, 0.95)),
  worst: rounded(Math.max(...values)),
});

/** Three digits that count; more is noise. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/** Runs it once after another, and answers how long each took, in milliseconds. */
export async function timeEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (const item of items) {
    const begun = performance.now();
    await work(item);
    times.push(performance.now() - begun);
  }
  return times;
}
