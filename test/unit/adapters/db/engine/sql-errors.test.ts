import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { isCanceled, isRetryable, translateDatabaseError } from '../../../../../src/adapters/db/engine/sql-errors.js';
import { conflict } from '../../../../../src/domain/errors.js';
import { SqlError } from '../../../../../src/ports/sql.port.js';

const refused = (code: string, constraint?: string): pg.DatabaseError =>
  Object.assign(new pg.DatabaseError('no', 2, 'error'), { code, severity: 'ERROR', constraint });
const named = (name: string, message: string, fields: object = {}): Error => Object.assign(new Error(message), { name }, fields);
const unavailable = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database', retryable: true } };

describe('errors of the database', () => {
  it('keep their code and constraint', () => {
    expect(translateDatabaseError(refused('23505', 'blobs_pkey'))).toMatchObject({ name: 'SqlError', sqlState: '23505', constraint: 'blobs_pkey' });
    expect(translateDatabaseError(refused('42601'))).toMatchObject({ sqlState: '42601', constraint: null });
  });

  it.each(['08006', '57P01', '57P03', '53300', '53100', '58030'])('say that the server is not there: %s', (code) => {
    expect(translateDatabaseError(refused(code))).toMatchObject(unavailable);
  });

  it.each([
    ['57014', 'longer than it may', 'statement_timeout_seconds'],
    ['55P03', 'Others held rows', 'lock_timeout_seconds'],
  ])('say that it took too long, and what to do: %s', (code, what, setting) => {
    const error = translateDatabaseError(refused(code));
    expect(error).toMatchObject({ ...unavailable, cause: { name: 'SqlError', sqlState: code } });
    expect((error as Error).message).toContain(what);
    expect((error as Error).message).toContain(setting);
    const throughPrisma = named('DriverAdapterError', 'x', { cause: { kind: 'postgres', code, message: 'canceled' } });
    expect(translateDatabaseError(throughPrisma)).toMatchObject({ ...unavailable, message: (error as Error).message });
    expect(isCanceled(error)).toBe(code === '57014');
  });

  it.each([
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('no such file'), { code: 'ENOENT' }),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Cannot use a pool after calling end on the pool'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])('say that the connection failed: %s', (error) => {
    expect(translateDatabaseError(error)).toMatchObject({ ...unavailable, cause: error });
  });

  it('never carry the address or the statement in their message', () => {
    const { message } = translateDatabaseError(Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' })) as Error;
    expect(message).not.toMatch(/10\.0\.0\.7|5432/);
  });

  it.each([
    [named('PrismaClientKnownRequestError', 'x', { code: 'P2002', meta: { driverAdapterError: { cause: { originalCode: '23505', originalMessage: 'dup', constraint: { index: 'a_key' } } } } }), '23505', 'a_key'],
    [named('PrismaClientKnownRequestError', 'x', { code: 'P2003' }), '23503', null],
    [named('PrismaClientKnownRequestError', 'x', { code: 'P2034' }), '40001', null],
    [named('DriverAdapterError', 'x', { cause: { kind: 'TransactionWriteConflict' } }), '40001', null],
    [named('DriverAdapterError', 'x', { cause: { kind: 'postgres', code: '42P01', message: 'no table' } }), '42P01', null],
  ])('are the same through Prisma: %#', (error, sqlState, constraint) => {
    expect(translateDatabaseError(error)).toMatchObject({ name: 'SqlError', sqlState, constraint });
  });

  it.each([
    named('PrismaClientInitializationError', 'x'),
    named('PrismaClientKnownRequestError', 'x', { code: 'P1001' }),
    named('PrismaClientKnownRequestError', 'x', { code: 'P2028' }),
    named('PrismaClientUnknownRequestError', 'Connection terminated unexpectedly'),
  ])('are unavailable through Prisma as well: %#', (error) => {
    expect(translateDatabaseError(error)).toMatchObject(unavailable);
  });

  it('leave alone what is not theirs', () => {
    for (const error of [conflict('taken'), new SqlError('40001', 'x'), new TypeError('a fault of ours'), 'a string', undefined]) {
      expect(translateDatabaseError(error)).toBe(error);
    }
  });

  it('may be tried again where two got into each other\'s way', () => {
    expect([new SqlError('40001', ''), new SqlError('40P01', ''), new SqlError('23505', ''), new Error('40001')].map(isRetryable)).toEqual([true, true, false, false]);
  });
});
