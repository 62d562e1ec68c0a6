import { randomUUID } from 'node:crypto';
import { badInput, cursorExpired, StrataError } from '../../domain/errors.js';
import { isUuid } from '../../domain/ids.js';
import type { Cache } from '../../ports/cache.port.js';
import { packRanking, unpackRanking, type Ranking } from './ranking.js';

/** How long a ranking is kept for its cursors. */
export const RANKING_SECONDS = 300;

/** Where rankings are kept. */
export type RankingCache = Pick<Cache, 'get' | 'set' | 'stats'>;

/** A place in a ranking that is kept. */
export interface RankingPlace {
  rankingId: string;
  /** From 0. */
  position: number;
}

/** Keeps the first page's ranking, so that later pages neither repeat nor skip. */
export class RankingKeeper {
  constructor(private readonly cache: RankingCache) {}

  newId(): string {
    return randomUUID();
  }

  async keep(tenantId: string, rankingId: string, ranking: Ranking): Promise<void> {
    await this.cache.set(keyOf(tenantId, rankingId), packRanking(ranking), RANKING_SECONDS);
  }

  /**
   * @throws CURSOR_EXPIRED where it was kept long enough, or the cache had no room left; DEPENDENCY_UNAVAILABLE where what processes
   * share is away, as another one may have kept it; BAD_USER_INPUT for a place it does not have
   */
  async read(tenantId: string, { rankingId, position }: RankingPlace): Promise<Ranking> {
    const kept = await this.cache.get<string>(keyOf(tenantId, rankingId));
    if (kept !== undefined) {
      const ranking = unpackRanking(kept);
      if (position >= ranking.objects.length) throw notACursor();
      return ranking;
    }
    if (this.cache.stats().shared?.available === false) throw outOfReach();
    throw cursorExpired(`The cursors of a search hold for ${RANKING_SECONDS} seconds. Search again from the first page.`);
  }

  /** Keeps it for its whole time again: a cached page hands out its cursors anew. False where it is gone. */
  async renew(tenantId: string, rankingId: string): Promise<boolean> {
    const key = keyOf(tenantId, rankingId);
    const kept = await this.cache.get<string>(key);
    if (kept === undefined) return false;
    await this.cache.set(key, kept, RANKING_SECONDS);
    return true;
  }
}

const keyOf = (tenantId: string, rankingId: string) => `ranking:${tenantId}:${rankingId}`;

/** Opaque towards clients: base64url of `[ranking, position, fingerprint of the input]`. */
export function encodeRankingCursor({ rankingId, position }: RankingPlace, fingerprint: string): string {
  return Buffer.from(JSON.stringify([rankingId, position, fingerprint])).toString('base64url');
}

/** @throws BAD_USER_INPUT for what is no cursor of a search, or one of another search */
export function decodeRankingCursor(cursor: string, fingerprint: string): RankingPlace {
  const parts = parse(cursor);
  if (parts === null) throw notACursor();
  if (parts.mark !== fingerprint) {
    throw badInput('"after" is a cursor of another search. A cursor holds only with the input that it came from.', ['after']);
  }
  return parts;
}

const outOfReach = () =>
  new StrataError('DEPENDENCY_UNAVAILABLE', 'The later pages of a search are kept in Redis, which does not answer. Try again in a moment, or search again from the first page.', {
    path: ['after'],
    extensions: { dependency: 'cache', retryable: true },
  });

const notACursor = () => badInput('"after" is not a cursor of a search. Use "pageInfo.endCursor" or an edge\'s "cursor".', ['after']);

function parse(cursor: string): (RankingPlace & { mark: string }) | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null; // not ours; the caller says so
  }
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [rankingId, position, mark] = parts as unknown[];
  if (typeof rankingId !== 'string' || !isUuid(rankingId) || typeof mark !== 'string') return null;
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0) return null;
  return { rankingId, position, mark };
}
