import { createHash } from 'node:crypto';

/** Sent so often, a text gets a name: below that preparing it costs more than it saves, and filters make texts that come once. */
const SENT_BEFORE = 5;
/** Each connection keeps a plan a name. */
const MOST_NAMES = 500;
/** Texts that are counted; beyond, counting begins anew. */
const MOST_COUNTED = 10_000;

/** Which statements are prepared under a name, so that PostgreSQL parses and plans them once a connection. */
export class StatementNames {
  private readonly counts = new Map<string, number>();
  private readonly names = new Map<string, string>();
  private epoch = 0;

  /** Undefined while the text is sent unnamed. */
  of(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= MOST_NAMES) return known;
    const count = (this.counts.get(text) ?? 0) + 1;
    if (count <= SENT_BEFORE) {
      if (this.counts.size >= MOST_COUNTED) this.counts.clear();
      this.counts.set(text, count);
      return undefined;
    }
    this.counts.delete(text);
    const name = `s${this.epoch}_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    this.names.set(text, name);
    return name;
  }

  /** A table changed under the plans (a newer version migrated it): everything is prepared anew, under new names. */
  forget(): void {
    this.names.clear();
    this.counts.clear();
    this.epoch += 1;
  }
}
