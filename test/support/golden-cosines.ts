/** How near one model comes to each case of its golden file: noted where it is asserted, told behind the last of them. */
export class GoldenCosines {
  private readonly rows: { what: string; cosine: number; least: number }[] = [];

  constructor(private readonly model: string) {}

  /** @returns it, to be asserted */
  note(what: string, found: number, least: number): number {
    this.rows.push({ what, cosine: found, least });
    return found;
  }

  /** A line a case, and the least of them; for `afterAll`. */
  print(): void {
    if (this.rows.length === 0) return;
    const width = Math.max(...this.rows.map(({ what }) => what.length));
    const lines = this.rows.map(({ what, cosine: found, least }) => `  ${what.padEnd(width)}  ${found.toFixed(7)}  (at least ${least})`);
    const least = Math.min(...this.rows.map((row) => row.cosine));
    process.stdout.write(`${this.model}: cosine to the reference, the least ${least.toFixed(7)} of ${this.rows.length}\n${lines.join('\n')}\n`);
  }
}
