import { describe, expect, it } from 'vitest';
import { breaches } from '../../../src/config/rules.js';
import { settingsSchema } from '../../../src/config/schema.js';

const KEY = { key: 'sixteen-characters', viewer: 'alice', role: 'admin' };
const found = (server: object) => breaches(settingsSchema.parse({ server }), '/data').map(({ path, message }) => ({ path: path.join('.'), message }));

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
