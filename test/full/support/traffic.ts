import { ingestTextBy, textNumber, uploadBy, type Asking } from './clients.js';
import { Watcher, type Balancing } from './watcher.js';

const SEARCH = 'query ($input: SearchInput!) { search(input: $input, first: 3) { nodes { id } incomplete } }';

/** Clients that ask without a pause, some that upload, and two that follow what is taken in; none tries anything again. */
export class Traffic {
  /** What was not answered, or with errors. */
  readonly failures: string[] = [];
  readonly answered = { requests: 0, uploads: 0 };
  /** Ids of the objects that were made. */
  readonly made: string[] = [];
  readonly watchers: readonly Watcher[];
  private readonly clients: Promise<void>[];
  private readonly watching: Promise<void[]>;
  private last: string | null = null;
  private ended = false;
  private number = 0;

  /** @param objectId an object to be read  @param cursor where those that follow begin */
  constructor(private readonly balancer: Balancing, objectId: string, cursor: string) {
    const { ask } = this;
    this.clients = [
      this.again('requests', () => ask('query ($id: ID!) { dataObject(id: $id) { id metadata } }', { id: objectId })),
      this.again('requests', () => ask('{ dataObjects(first: 5) { nodes { id } totalCount } }')),
      this.again('requests', () => ask(SEARCH, { input: { query: 'the harbour' } })),
      this.again('requests', () => this.ingest('rolling')),
      this.again('uploads', () => this.upload()),
      this.again('uploads', () => this.upload()),
    ];
    this.watchers = (['WebSocket', 'events'] as const).map((way) => new Watcher(balancer, way, cursor));
    this.watching = Promise.all(this.watchers.map((watcher) => watcher.watch(() => watcher.created.at(-1) === this.last)));
    // Whoever ends it hears of it.
    this.watching.catch(() => undefined);
  }

  /** Everybody's last request is answered, and those that follow have heard of the last object. */
  async end(): Promise<void> {
    this.ended = true;
    await Promise.all(this.clients);
    this.last = await this.ingest('last');
    await this.watching;
  }

  private async again(kind: keyof Traffic['answered'], request: () => Promise<unknown>): Promise<void> {
    while (!this.ended) {
      try {
        await request();
        this.answered[kind] += 1;
      } catch (error) {
        this.failures.push(`${(error as Error).message}: ${String((error as Error).cause)}`);
      }
    }
  }

  private readonly ask: Asking = async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const { data, errors } = (await this.balancer.post({ query, variables })) as { data: Data; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };

  private async ingest(about: string): Promise<string> {
    const { objectId } = await ingestTextBy(this.ask, textNumber(this.number++, about));
    this.made.push(objectId);
    return objectId;
  }

  private async upload(): Promise<void> {
    const number = this.number++;
    this.made.push((await uploadBy(this.ask, `${number}.txt`, Buffer.from(textNumber(number, 'upload')))).objectId);
  }
}
