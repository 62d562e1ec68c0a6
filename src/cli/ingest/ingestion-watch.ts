import pLimit from 'p-limit';
import type { Connection } from '../connection.js';
import { IngestionsProgressDocument, type IngestionStateFragment } from '../generated/graphql.js';

/** Ingestions that one subscription watches: few, so that watching begins while other files are still being stored … */
const FEWEST = 20;
/** … and at most so many, the API's limit. */
const MOST = 500;
const SUBSCRIPTIONS_AT_ONCE = 20;

export const hasEnded = ({ status }: Pick<IngestionStateFragment, 'status'>): boolean => status === 'SUCCEEDED' || status === 'FAILED';

/** Follows ingestions, which are added as they begin, to their end. */
export class IngestionWatch {
  private readonly limit = pLimit(SUBSCRIPTIONS_AT_ONCE);
  private readonly running: Promise<void>[] = [];
  private waiting: string[] = [];
  private failure: unknown = null;

  /** @param onState told of every state, the present one first */
  constructor(
    private readonly connection: Connection,
    private readonly onState: (state: IngestionStateFragment) => void,
  ) {}

  add(id: string): void {
    this.waiting.push(id);
    if (this.waiting.length >= FEWEST && this.limit.activeCount < SUBSCRIPTIONS_AT_ONCE) this.follow();
  }

  /** Resolves when every one has ended; rejects where the connection was lost. */
  async allEnded(): Promise<void> {
    while (this.waiting.length > 0) this.follow();
    await Promise.all(this.running);
    if (this.failure !== null) throw this.failure;
  }

  private follow(): void {
    const ids = this.waiting.slice(0, MOST);
    this.waiting = this.waiting.slice(MOST);
    const followed = this.limit(async () => {
      for await (const { ingestionsProgress } of this.connection.subscribe(IngestionsProgressDocument, { ids })) this.onState(ingestionsProgress);
    });
    this.running.push(
      followed.catch((error: unknown) => {
        this.failure ??= error;
      }),
    );
  }
}
