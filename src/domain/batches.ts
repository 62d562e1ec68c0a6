/** @param size of each; where it is a function, it is asked before each */
export function* batches<Item>(items: readonly Item[], size: number | (() => number)): Generator<Item[]> {
  for (let start = 0; start < items.length; ) {
    const end = start + (typeof size === 'number' ? size : size());
    yield items.slice(start, end);
    start = end;
  }
}
