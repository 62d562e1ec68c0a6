/**
 * Work of several callers, each served in turn: whoever comes with one text does not wait for all of another's
 * thousands. Within a caller's work the order is kept.
 */
export class FairQueue<Item> {
  /** In the order of their turns; a caller without work is not among them. */
  private readonly byCaller = new Map<object, Item[]>();

  get isEmpty(): boolean {
    return this.byCaller.size === 0;
  }

  push(caller: object, item: Item): void {
    const items = this.byCaller.get(caller);
    if (items) items.push(item);
    else this.byCaller.set(caller, [item]);
  }

  shift(): Item | undefined {
    const next = this.byCaller.entries().next();
    if (next.done) return undefined;
    const [caller, items] = next.value;
    const item = items.shift();
    // Behind all others that wait.
    this.byCaller.delete(caller);
    if (items.length > 0) this.byCaller.set(caller, items);
    return item;
  }

  remove(caller: object, item: Item): boolean {
    const items = this.byCaller.get(caller);
    const at = items?.indexOf(item) ?? -1;
    if (!items || at < 0) return false;
    items.splice(at, 1);
    if (items.length === 0) this.byCaller.delete(caller);
    return true;
  }

  /** Takes everything out. */
  drain(): Item[] {
    const all = [...this.byCaller.values()].flat();
    this.byCaller.clear();
    return all;
  }
}
