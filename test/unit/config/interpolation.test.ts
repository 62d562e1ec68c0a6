import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../src/config/interpolation.js';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/).filter((word) => !(word in Object.prototype));
// A function, since "$$" in a replacement would mean one dollar.
const escaped = (text: string) => text.replaceAll('${', () => '$${');

describe('interpolation', () => {
  it.each([
    ['${HOST}', { HOST: 'db' }, 'db'],
    ['a ${HOST} b ${PORT:-5432}', { HOST: 'db' }, 'a db b 5432'],
    ['${HOST:-localhost}', { HOST: '' }, 'localhost'],
    ['${HOST}', { HOST: '' }, ''],
    ['${HOST:-}', {}, ''],
    ['$${HOST}', { HOST: 'db' }, '${HOST}'],
    ['$$${HOST}', { HOST: 'db' }, '$${HOST}'],
    ['a$b $HOST {HOST}', { HOST: 'db' }, 'a$b $HOST {HOST}'],
    ['${URL:-http://a:1/b}', {}, 'http://a:1/b'],
  ])('%s with %j is %s', (text, env, expected) => {
    expect(interpolate(text, env)).toMatchObject({ text: expected, faults: [] });
  });

  it.each(['${', 'a ${1x}', '${a b}', '${A', '${A:-${B}}', '${A-b}'])('refuses %s', (text) => {
    expect(interpolate(text, { A: 'a' }).faults).not.toEqual([]);
  });

  it('says which variable is not set, and where', () => {
    const { faults } = interpolate('ab ${NOPE}', {});
    expect(faults).toEqual([{ index: 3, message: expect.stringContaining('NOPE, which is not set') }]);
  });

  it('leaves text alone that is escaped', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(name, fc.string()), (text, env) => {
        const result = interpolate(escaped(text), env);
        expect(result).toEqual({ text, variables: [], faults: [] });
      }),
    );
  });

  it('puts in any value as it is, without looking into it again', () => {
    fc.assert(
      fc.property(name, fc.string({ minLength: 1 }), fc.string(), fc.string(), (variable, value, before, after) => {
        // A "$" right before a reference would escape it; that is the escape's business, tested above.
        fc.pre(!before.endsWith('$'));
        const text = `${escaped(before)}\${${variable}}${escaped(after)}`;
        expect(interpolate(text, { [variable]: value })).toEqual({
          text: `${before}${value}${after}`,
          variables: [variable],
          faults: [],
        });
      }),
    );
  });

  it('takes the default exactly where the variable is unset or empty', () => {
    const fallback = fc.string().filter((text) => !/[{}]/.test(text));
    fc.assert(
      fc.property(name, fc.option(fc.string(), { nil: undefined }), fallback, (variable, value, otherwise) => {
        expect(interpolate(`\${${variable}:-${otherwise}}`, { [variable]: value }).text).toBe(
          value === undefined || value === '' ? otherwise : value,
        );
      }),
    );
  });
});
