import { describe, expect, it } from 'vitest';
import { UsageFailure } from '../../../src/cli/failure.js';
import { namedServer } from '../../../src/cli/server-address.js';

describe('the server that a command goes to', () => {
  it.each([
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://localhost:4000/', 'http://localhost:4000'],
    ['http://localhost:4000/graphql', 'http://localhost:4000'],
    ['http://localhost:4000/graphql/', 'http://localhost:4000'],
    ['https://Example.org/behind/this/graphql', 'https://example.org/behind/this'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('is read from %s', (written, base) => {
    expect(namedServer({ server: written }, undefined)).toBe(base);
    expect(namedServer({}, written)).toBe(base);
  });

  it('is what is typed, before the environment; an installation that is typed counts more than a server that is not', () => {
    const far = 'https://far.example';
    expect(namedServer({ server: 'http://near.example' }, far)).toBe('http://near.example');
    expect(namedServer({ dataDir: 'here' }, far)).toBeNull();
    expect(namedServer({ config: 'here.yaml' }, far)).toBeNull();
    expect(namedServer({}, undefined)).toBeNull();
  });

  it('is not another one, too', () => {
    expect(() => namedServer({ server: 'http://a.example', dataDir: 'here' }, undefined)).toThrow('Either --server or --data-dir: ');
    expect(() => namedServer({ server: 'http://a.example', dataDir: 'here', config: 'here.yaml' }, undefined)).toThrow('Either --server or --data-dir and --config: ');
    // Where the new store of a move is.
    expect(namedServer({ server: 'http://a.example', config: 'here.yaml', readsConfig: true }, undefined)).toBe('http://a.example');
    expect(namedServer({ config: 'here.yaml', readsConfig: true }, 'http://a.example')).toBe('http://a.example');
  });

  it.each(['localhost:4000', 'ftp://a.example', 'a.example', '', 'http://', 'http://a.example/?x', 'http://key@a.example', 'http://me:secret@a.example'])('is refused where it is no address: %j', (written) => {
    expect(() => namedServer({ server: written }, undefined)).toThrow(UsageFailure);
    expect(() => namedServer({ server: written }, undefined)).toThrow(/^--server is ".*"; it must be an address such as https:\/\/strata\.example\.org/);
    expect(() => namedServer({}, written)).toThrow(/^STRATA_SERVER is /);
    expect(() => namedServer({ server: written }, undefined)).not.toThrow(/key@|secret/);
  });
});
