import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const GENERATED = /\/generated\//;

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name}`)
  .filter((name) => name.endsWith('.ts') && !GENERATED.test(name))
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));
const offenders = (wrong: (file: { name: string; text: string }) => boolean) => sources.filter(wrong).map(({ name }) => name);

describe('habits of the source', () => {
  it('keeps files to one idea: none beyond 400 lines', () => {
    expect(offenders(({ text }) => text.split('\n').length > 400)).toEqual([]);
  });

  it('names files in kebab-case, with no drawer called utils', () => {
    expect(offenders(({ name }) => !name.split('/').every((part) => /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(part)) || /utils?\b/.test(name))).toEqual([]);
  });

  it('reads the environment in the configuration alone', () => {
    expect(offenders(({ name, text }) => !name.startsWith('src/config/') && text.includes('process.env'))).toEqual([]);
  });

  it('leaves nothing for later', () => {
    expect(offenders(({ text }) => /\b(TODO|FIXME|XXX)\b|not implemented/i.test(text))).toEqual([]);
  });

  it('has no default exports and no barrels', () => {
    expect(offenders(({ name, text }) => (/^export default/m.test(text) && !name.endsWith('.d.ts')) || /\/index\.ts$/.test(name))).toEqual([]);
  });
});
