/** Transactions after which tables may have another size, at first. */
const FIRST = 32;
/** Between one time and the next. */
const GROWTH = 2;

/**
 * Has the plans of prepared statements made anew as tables grow: PostgreSQL keeps a plan until someone analyses the table, and one that
 * reads fifty rows from end to end would read five thousand like that. A plan knows the size of a table as it is when it is made, so
 * nothing needs to be counted for that. After the first transactions, after twice as many, and so on; `analysed` begins anew.
 */
export class FreshPlans {
  private written = 0;
  private next = FIRST;

  /** @param discard makes the database forget its plans, when its turn comes */
  constructor(private readonly discard: () => void) {}

  /** A transaction has ended. */
  transactionEnded(): void {
    this.written += 1;
    if (this.written < this.next) return;
    this.written = 0;
    this.next *= GROWTH;
    this.discard();
  }

  /** Tables that have changed much were looked at just now. */
  analysed(): void {
    this.next = FIRST;
  }
}
