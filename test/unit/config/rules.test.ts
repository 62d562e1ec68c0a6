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
