import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { dependencyUnavailable, internal, notConfigured, notFound } from '../../../src/domain/errors.js';
import { beneath, toPublicError, toUserError, type ErrorScope } from '../../../src/graphql/errors.js';

function scoped() {
  const lines: { level: string; fields: object }[] = [];
  const write = (level: string) => (fields: object) => void lines.push({ level, fields });
  const scope: ErrorScope = { requestId: 'req-1', log: { info: write('info'), warn: write('warn'), error: write('error') } };
  return { scope, lines };
}

describe('public errors', () => {
  it('name the feature and the setting that are missing', () => {
    const { scope } = scoped();
    expect(toPublicError(notConfigured('Image search by words', 'embedding.models'), scope).extensions).toEqual({
      code: 'NOT_CONFIGURED', feature: 'Image search by words', setting: 'embedding.models',
    });
  });

  it('log the cause of a failed dependency and do not send it', () => {
    const { scope, lines } = scoped();
    const shown = toPublicError(new GraphQLError('x', { originalError: dependencyUnavailable('database', new Error('10.0.0.7')), path: ['a', 0] }), scope);
    expect(shown).toMatchObject({ path: ['a', 0], extensions: { code: 'DEPENDENCY_UNAVAILABLE', dependency: 'database', retryable: true } });
    expect(JSON.stringify(shown)).not.toContain('10.0.0.7');
    expect(lines).toMatchObject([{ level: 'warn', fields: { requestId: 'req-1' } }]);
  });

  it.each([
    ['graphql-js’s complaint about a null', new GraphQLError('Cannot return null for non-nullable field A.b.', { path: ['a'], originalError: new Error('Cannot return null') })],
    ['a scalar that cannot print', new GraphQLError('SafeInt cannot represent unsafe integer value: 2e60', { path: ['a'], originalError: new GraphQLError('SafeInt …') })],
    ['something that was thrown and is no error', 'SELECT 1'],
    ['a code that is not ours', new GraphQLError('inside', { extensions: { code: 'SOMETHING_ELSE' }, path: ['a'] })],
    ['undefined', undefined],
  ])('mask %s', (_what, error) => {
    const { scope, lines } = scoped();
    expect(toPublicError(error, scope)).toMatchObject({ message: expect.stringContaining('req-1') as string, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-1' } });
    expect(lines.map((line) => line.level)).toEqual(['error']);
  });

  it('call a failed authorisation check FORBIDDEN', () => {
    const { scope } = scoped();
    expect(toPublicError(new GraphQLError('Access denied', { extensions: { code: 'UNAUTHORIZED' } }), scope).extensions).toEqual({ code: 'FORBIDDEN' });
  });
});

describe('errors of an item', () => {
  it('stand at the item’s place', () => {
    const { scope } = scoped();
    expect(toUserError(notFound('DataObject', '01890a5d-ac96-774b-bcce-b302099a8057', ['objectId']), ['input', 3], scope)).toEqual({
      code: 'NOT_FOUND', message: 'There is no object "obj_01h455vb4pex5vsknk084sn02q".', path: ['input', '3', 'objectId'],
    });
    expect(beneath(['input'], notFound('thing', 'x', ['a'])).path).toEqual(['input', 'a']);
  });

  it('are masked where they are ours', () => {
    const { scope, lines } = scoped();
    expect(toUserError(internal('row lost'), ['input', 0], scope).message).toContain('req-1');
    expect(lines).toHaveLength(1);
  });
});
