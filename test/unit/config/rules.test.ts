import { describe, expect, it } from 'vitest';
import { breaches } from '../../../src/config/rules.js';
import { settingsSchema } from '../../../src/config/schema.js';

const KEY = { key: 'sixteen-characters', viewer: 'alice', role: 'admin' };
const foundIn = (settings: object) => breaches(settingsSchema.parse(settings), '/data').map(({ path, message }) => ({ path: path.join('.'), message }));
const found = (server: object) => foundIn({ server });

describe('pages that may call a server without keys', () => {
  it('are never all of them', () => {
    expect(found({ cors: { origins: ['https://a.example', '*'] } })).toEqual([
      { path: 'server.cors.origins.1', message: expect.stringMatching(/every web page .* an admin.*api_keys/) as string },
    ]);
  });

  it('may be all of them where there are keys, and some where there are none', () => {
    expect(found({ cors: { origins: ['*'] }, api_keys: [KEY] })).toEqual([]);
    expect(found({ cors: { origins: ['https://a.example'] } })).toEqual([]);
  });
});

describe('an authority', () => {
  const database = (tls: object) => ({ database: { provider: 'postgres', ssl_ca: 'ca.pem', ...tls } });
  const redis = (tls: object) => ({ cache: { redis: { tls_ca: 'ca.pem', ...tls } } });

  it('is of no use to a connection that is not encrypted', () => {
    const message = (setting: string) => expect.stringContaining(`needs ${setting}: true`) as string;
    for (const tls of [{}, { ssl: false }]) expect(foundIn(database(tls))).toEqual([{ path: 'database.ssl_ca', message: message('database.ssl') }]);
    expect(foundIn(redis({}))).toEqual([{ path: 'cache.redis.tls_ca', message: message('cache.redis.tls') }]);
  });

  it('belongs to one that is', () => {
    expect([...foundIn(database({ ssl: true })), ...foundIn(redis({ tls: true }))]).toEqual([]);
  });
});

describe('connections', () => {
  const pool = (pool_size: number, max_overflow: number, provider = 'postgres') => foundIn({ database: { provider, pool_size, max_overflow } });

  it('are enough for the work that comes by the clock, each piece of which holds one and takes others', () => {
    expect(pool(5, 4)).toEqual([{ path: 'database.max_overflow', message: expect.stringMatching(/at least 10 .* 5 and 4 are 9/) as string }]);
    expect([...pool(5, 5), ...pool(10, 0), ...pool(1, 0, 'embedded')]).toEqual([]);
  });
});

describe('bounds of saved searches', () => {
  const bounds = (...each: object[]) => foundIn({ embedding: { saved_searches: each } });

  it('are one a model, and bound something', () => {
    expect(bounds({ model: 'a', from: 0.9 }, { model: 'b', words_from: 0.3 })).toEqual([]);
    expect(bounds({ model: 'a', from: 0.9 }, { model: 'a', words_from: 0.3 })).toEqual([
      { path: 'embedding.saved_searches.1.model', message: 'must be another model; embedding.saved_searches[0] is about the same' },
    ]);
    expect(bounds({ model: 'a' })).toEqual([{ path: 'embedding.saved_searches.0', message: 'bounds nothing. Give "from", "words_from" or both.' }]);
  });
});

describe('bounds of near duplicates', () => {
  const bounds = (...models: string[]) => foundIn({ embedding: { near_duplicates: models.map((model) => ({ model, from: 0.9 })) } });

  it('are one a model', () => {
    expect(bounds('image-descriptor', 'audio-descriptor')).toEqual([]);
    expect(bounds('image-descriptor', 'audio-descriptor', 'image-descriptor')).toEqual([
      { path: 'embedding.near_duplicates.2.model', message: 'must be another model; embedding.near_duplicates[0] is about the same' },
    ]);
  });

  it('are cosines that say something', () => {
    for (const from of [0.4, 1.5, 'high']) {
      expect(settingsSchema.safeParse({ embedding: { near_duplicates: [{ model: 'image-descriptor', from }] } }).error?.issues[0]?.message).toContain('must be a number from 0.5 to 1; it is');
    }
  });
});
