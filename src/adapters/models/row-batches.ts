/**
 * Tokens of a run, padding included. On one core batches gain where rows are short, and no more beyond this: with
 * all-mpnet-base-v2 a text of 8 tokens takes 25 ms alone and 15 in batches of 64 tokens or of 256; one of 64 takes the same
 * alone as with others. Small runs keep the runtime's memory small, and tasks quick to cancel.
 */
export const TOKENS_A_RUN = 128;
/** Rows that are shorter than this share of the longest would be padded for more than the company is worth. */
const LEAST_SHARE = 0.8;

export interface BatchRow {
  /** Its length. */
  readonly tokens: number;
}

/**
 * The rows of the next run. It is led by the longest row of the task whose turn it is, so that nobody waits for ever; with it go rows
 * of about its length, of the same task or of any other that waits, as many as the budget allows.
 *
 * @param queues each waiting task's rows that are yet to run, the task whose turn it is first; that one has rows
 */
export function nextBatch<Row extends BatchRow>(queues: readonly (readonly Row[])[], budget = TOKENS_A_RUN): Row[] {
  const first = queues[0]!;
  const longest = first.reduce((best, row) => (row.tokens > best.tokens ? row : best));
  const most = Math.floor(budget / longest.tokens);
  if (most < 2) return [longest];
  const company = queues
    .flat()
    .filter((row) => row !== longest && row.tokens <= longest.tokens && row.tokens >= longest.tokens * LEAST_SHARE)
    .sort((a, b) => b.tokens - a.tokens);
  return [longest, ...company.slice(0, most - 1)];
}
