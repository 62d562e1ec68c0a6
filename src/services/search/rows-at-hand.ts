import type { DataObject } from '../../domain/model.js';

/** Rows that a search comes by as it checks what a store found: those of what came first, which are likely to be its page. */
export class RowsAtHand {
  private readonly rows = new Map<string, DataObject>();

  /** @param wanted of the objects that a store found, from the first on */
  constructor(readonly wanted: number) {}

  keep(rows: readonly DataObject[]): void {
    for (const row of rows) this.rows.set(row.id, row);
  }

  get(id: string): DataObject | undefined {
    return this.rows.get(id);
  }
}
