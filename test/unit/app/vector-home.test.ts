import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryEventBus } from '../../../src/adapters/events/memory.event-bus.js';
import { VectorHome } from '../../../src/app/moving/vector-home.js';
import type { VectorDatabaseConfig } from '../../../src/config/config.js';
import { StrataError } from '../../../src/domain/errors.js';
import type { Logger } from '../../../src/ports/logger.port.js';
import type { Reindex, StoreInUse } from '../../../src/ports/repositories/reindex.repository.port.js';
import { ofNow, type Indexes } from '../../../src/services/indexing/live-indexes.js';
import { NamedIndexes } from '../../support/named-indexes.js';

const PGVECTOR: VectorDatabaseConfig = { provider: 'pgvector' };
const weaviateAt = (url: string): VectorDatabaseConfig => ({ provider: 'weaviate', weaviate: { url, collectionPrefix: 'Strata' } });
const WEAVIATE = weaviateAt('http://one');
const IN_WEAVIATE: StoreInUse = { provider: 'weaviate', place: 'http://one, Strata' };

/** The database and the bus that several processes share. */
class World {
  inUse: StoreInUse | null = null;
  move: Reindex | null = null;
  readonly bus = new MemoryEventBus();
  readonly said: string[] = [];
  readonly opened: NamedIndexes[] = [];
  /** Where one is being opened; what it throws is thrown. */
  opening: () => Promise<void> = () => Promise.resolve();
  looking: () => Promise<void> = () => Promise.resolve();

  home(configured: VectorDatabaseConfig, settingsOf: (provider: string) => VectorDatabaseConfig = () => WEAVIATE): Promise<VectorHome> {
    const reindexes = { inUse: () => this.look(), current: async () => this.move, use: async (store: StoreInUse) => void (this.inUse = store) };
    const say = (_facts: object, message: string) => void this.said.push(message);
    const logger = { debug: say, info: say, warn: say, error: say } as unknown as Logger;
    const open = async (settings: VectorDatabaseConfig): Promise<Indexes> => {
      await this.opening();
      const opened = new NamedIndexes(settings.provider);
      this.opened.push(opened);
      return opened.indexes;
    };
    return VectorHome.open(configured, { database: { reindexes } as never, events: this.bus, logger, open, settingsOf });
  }

  private async look(): Promise<StoreInUse | null> {
    const seen = this.inUse;
    await this.looking();
    return seen;
  }
}

const answering = async (home: VectorHome) => (await home.indexes.vectors.fetch('t', { model: 'm', dimensions: 1 }, [])).keys().next().value;

let world: World;
beforeEach(() => void (world = new World()));

describe('a process that starts', () => {
  it('answers from the store that the configuration names', async () => {
    const home = await world.home(PGVECTOR);
    expect([home.place, await answering(home), world.said]).toEqual(['the database', 'pgvector', []]);
  });

  it('answers from the one that a move was switched to, and says that the configuration names another', async () => {
    world.inUse = IN_WEAVIATE;
    const home = await world.home(PGVECTOR);
    expect([home.place, await answering(home)]).toEqual([IN_WEAVIATE.place, 'weaviate']);
    expect(world.said).toEqual([expect.stringContaining('set vector_database.provider')]);
  });

  it('believes the configuration of the address of a store of that kind', async () => {
    world.inUse = IN_WEAVIATE;
    expect((await world.home(weaviateAt('http://two'))).place).toBe('http://two, Strata');
    expect(world.said).toEqual([]);
  });

  it.each([
    ['other settings of it', () => weaviateAt('http://two'), 'for weaviate it names http://two, Strata'],
    ['none that are whole', () => { throw new Error('pinecone.api_key is missing'); }, 'its settings for weaviate are not whole'],
  ])('is refused in one sentence where the configuration has %s', async (_what, settingsOf, says) => {
    world.inUse = IN_WEAVIATE;
    await expect(world.home(PGVECTOR, settingsOf)).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: `The vectors were moved to weaviate (http://one, Strata), and this configuration chooses pgvector; ${says}. Set vector_database.provider to "weaviate", with the settings of that store.`,
    });
    expect(world.opened).toEqual([]);
  });

  it('that is configured for what a move leads to switches to it, for everybody', async () => {
    const other = await world.home(PGVECTOR);
    world.move = { id: '1', target: 'weaviate', place: IN_WEAVIATE.place, models: null, phase: 'FOLLOWING', cursor: '', copied: 3, switched: false, verified: true };
    expect((await world.home(WEAVIATE)).place).toBe(IN_WEAVIATE.place);
    await other.follow();
    expect(await answering(other)).toBe('weaviate');
  });

  it.each([
    ['is half done', { phase: 'PASSAGES', verified: false }],
    ['was not verified', { verified: false }],
    ['is of some models alone', { models: ['m'] }],
  ] as const)('with a choice that is older than an earlier move does not switch to a way back that %s', async (_what, part) => {
    world.inUse = IN_WEAVIATE;
    world.move = { id: '2', target: 'pgvector', place: 'the database', models: null, phase: 'FOLLOWING', cursor: '', copied: 3, switched: false, verified: true, ...part, ...('models' in part ? { models: [...part.models] } : {}) } as Reindex;
    const home = await world.home(PGVECTOR);
    expect([home.place, await answering(home), world.inUse]).toEqual([IN_WEAVIATE.place, 'weaviate', IN_WEAVIATE]);
  });
});

describe('a process that works', () => {
  it('takes up what another switched to, at once, and ends what is under way where it began', async () => {
    const [mover, other] = [await world.home(PGVECTOR), await world.home(PGVECTOR)];
    const ending = new AbortController();
    const following = other.keepFollowing(ending.signal);
    const before = ofNow({ indexesNow: () => other.indexes.now(), vectors: other.indexes.vectors });
    world.inUse = IN_WEAVIATE;
    await mover.moveTo(WEAVIATE);
    await vi.waitFor(async () => expect([await answering(mover), await answering(other)]).toEqual(['weaviate', 'weaviate']));
    expect((await before.vectors.fetch('t', { model: 'm', dimensions: 1 }, [])).has('pgvector')).toBe(true);
    expect(world.opened.filter(({ closed }) => closed)).toEqual([]);
    ending.abort();
    await following;
    await Promise.all([mover.indexes.close(), other.indexes.close()]);
    expect(world.opened.filter(({ closed }) => closed)).toHaveLength(4);
  });

  it('is not ready while it does not know the store, and follows once its configuration has it', async () => {
    let known = false;
    const home = await world.home(PGVECTOR, () => {
      if (!known) throw new Error('pinecone.api_key is missing');
      return WEAVIATE;
    });
    await home.check();
    world.inUse = IN_WEAVIATE;
    await home.follow();
    await home.follow();
    await expect(home.check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('moved to weaviate') });
    expect(world.said).toEqual([expect.stringContaining('not ready any more')]);
    known = true;
    await home.follow();
    await home.check();
    expect(await answering(home)).toBe('weaviate');
  });

  it('that was started with a new address of the store stays with it', async () => {
    world.inUse = IN_WEAVIATE;
    const home = await world.home(weaviateAt('http://two'));
    await home.follow();
    expect(home.place).toBe('http://two, Strata');
  });

  it('goes where it is told once, however often and by whomever', async () => {
    const home = await world.home(PGVECTOR);
    world.inUse = IN_WEAVIATE;
    await Promise.all([home.moveTo(WEAVIATE), home.follow(), home.moveTo(WEAVIATE)]);
    expect(world.opened.map(({ name }) => name)).toEqual(['pgvector', 'weaviate']);
  });

  it('is ready again where a move that it could not follow was led back', async () => {
    world.inUse = IN_WEAVIATE;
    const home = await world.home(WEAVIATE, () => {
      throw new Error('pinecone.api_key is missing');
    });
    world.inUse = { provider: 'pinecone', place: 'far away' };
    await home.follow();
    await expect(home.check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
    world.inUse = IN_WEAVIATE;
    await home.follow();
    await home.check();
  });

  it('is not ready where the store cannot be opened', async () => {
    const home = await world.home(PGVECTOR);
    world.inUse = IN_WEAVIATE;
    world.opening = () => Promise.reject(new StrataError('NOT_CONFIGURED', 'There is no such program here.'));
    await home.follow();
    await expect(home.check()).rejects.toMatchObject({ message: 'There is no such program here.' });
    expect(await answering(home)).toBe('pgvector');
  });

  it('does not go back on what it saw before it went on', async () => {
    const home = await world.home(PGVECTOR, (provider) => (provider === 'pgvector' ? PGVECTOR : WEAVIATE));
    world.inUse = IN_WEAVIATE;
    const { promise: seen, resolve: goOn } = Promise.withResolvers<void>();
    world.looking = () => seen;
    const following = home.follow();
    world.inUse = { provider: 'weaviate', place: 'http://two, Strata' };
    const moving = home.moveTo(weaviateAt('http://two'));
    goOn();
    await Promise.all([following, moving]);
    expect(home.place).toBe('http://two, Strata');
  });

  it('leaves nothing open that was being opened when it stopped', async () => {
    const home = await world.home(PGVECTOR);
    const { promise: opening, resolve: open } = Promise.withResolvers<void>();
    world.opening = () => opening;
    const moving = home.moveTo(WEAVIATE);
    await home.close();
    open();
    await moving;
    expect(world.opened.map(({ name, closed }) => [name, closed])).toEqual([['pgvector', true], ['weaviate', true]]);
  });
});
