import { describe, expect, it } from 'vitest';

import { contentKey, stagingKey, STAGING_PREFIX } from '../../../../src/services/storage/keys.js';

const HASH = 'a1b2c3d4'.padEnd(64, '0');
const tenantOf = (key: string) => key.split('/')[0];

describe('contentKey', () => {
  it('is tenant, type, the first of the hash, and the hash', () => {
    expect(contentKey('acme', 'IMAGE', HASH)).toBe(`acme/image/a1b2c3d4/${HASH}`);
  });

  it.each(['..', '.', '.tmp', 'a/b', 'a b', 'ünï', 'a_b', 'temp', 'TEMP', 'temp.', '\0'])('holds the tenant %j in one plain segment', (tenant) => {
    expect(tenantOf(contentKey(tenant, 'TEXT', HASH))).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/);
    expect(contentKey(tenant, 'TEXT', HASH).split('/')).toHaveLength(4);
  });

  it('never lets two tenants meet, nor one of them the staging area', () => {
    const tenants = ['a_b', 'a_5fb', 'a b', 'a_20b', 'temp', '_74emp', '_5f74emp', 'Temp', '.x', '_2ex', 'x.', 'x_2e'];
    expect(new Set(tenants.map((tenant) => tenantOf(contentKey(tenant, 'TEXT', HASH)))).size).toBe(tenants.length);
    for (const tenant of tenants) expect(contentKey(tenant, 'TEXT', HASH).startsWith(STAGING_PREFIX)).toBe(false);
  });
});

it('stages an upload under its id', () => {
  expect(stagingKey('01890000-0000-7000-8000-000000000001')).toBe('temp/01890000-0000-7000-8000-000000000001');
});
