import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';

import { withDatabase } from '../../support/database.js';

const database = withDatabase();

describe('whoever follows the statements', () => {
  it('is told of each where it was asked for, even by those who waited for a connection, and when it came back', async () => {
    const asking = new AsyncLocalStorage<number>();
    const told: string[] = [];
    const end = database.engine.onStatement((text) => {
      const who = asking.getStore();
      const number = /^SELECT (\d+) AS mine/.exec(text)?.[1];
      if (number === undefined) return undefined;
      expect(String(who)).toBe(number);
      return () => told.push(number);
    });
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    await Promise.all(
      numbers.map((number) =>
        asking.run(number, async () => {
          const ask = (sql: typeof database.engine.sql) => sql.query(`SELECT ${number} AS mine, pg_sleep($1)`, [0.002]);
          if (number % 3 === 0) await database.engine.transaction(({ sql }) => ask(sql));
          else await ask(database.engine.sql);
        }),
      ),
    );
    end();
    expect(told.map(Number).sort((a, b) => a - b)).toEqual(numbers);
  });

  it('is told of failures, by callback and by promise, and nobody else is the wiser', async () => {
    const ends: unknown[] = [];
    const end = database.engine.onStatement(() => (error: unknown) => ends.push(error));
    await expect(database.engine.sql.query('SELECT nothing_such')).rejects.toThrow('nothing_such');
    const client = await database.engine.pool.connect();
    await expect(client.query('SELECT nothing_either')).rejects.toThrow('nothing_either');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    client.release();
    end();
    expect(ends.map((error) => (error as { code?: string } | undefined)?.code)).toEqual(['42703', '42703', undefined]);
    await database.engine.sql.query('SELECT 1');
    expect(ends).toHaveLength(3);
  });
});
