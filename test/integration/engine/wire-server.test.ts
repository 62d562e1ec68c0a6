import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BACKGROUND } from '../../../src/adapters/db/engine/background.js';
import { WireServer } from '../../../src/adapters/db/engine/wire-server.js';
import { migratedTemplate } from '../../support/database.js';

let folder: string;
let database: PGlite;
let server: WireServer;
const breakdowns: unknown[] = [];
let reading = false;
let ended = 0;
const path = (): string => join(folder, '.s.PGSQL.5432');
const client = (): pg.Client => new pg.Client({ host: folder, user: 'postgres', database: 'postgres' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-wire-'));
  await cp(await migratedTemplate(), join(folder, 'database'), { recursive: true });
  database = await PGlite.create({ dataDir: join(folder, 'database') });
  server = new WireServer(database, { path: path(), maxConnections: 20, onBreakdown: (error) => breakdowns.push(error), overtakenMs: 60_000, isAnyoneReading: () => reading, onTransactionEnd: () => void (ended += 1) });
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
  expect(breakdowns).toEqual([]);
});

const message = (type: string, ...parts: (string | number[])[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : Buffer.from(part))));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const startup = (): Buffer => {
  const body = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
};
const requestOf = (code: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8, 0);
  bytes.writeInt32BE(code, 4);
  return bytes;
};
/** Reads until so many ReadyForQuery messages have come. @returns the message types, in order */
async function answers(socket: net.Socket, ready: number): Promise<{ types: string; texts: string[] }> {
  let buffer = Buffer.alloc(0);
  let types = '';
  const texts: string[] = [];
  for (;;) {
    while (buffer.length >= 5 && buffer.length >= buffer.readInt32BE(1) + 1) {
      const end = buffer.readInt32BE(1) + 1;
      const type = String.fromCharCode(buffer[0]!);
      types += type;
      if (type === 'D') texts.push(buffer.toString('utf8', 11, end));
      buffer = buffer.subarray(end);
      if (type === 'Z' && (ready -= 1) === 0) return { types, texts };
    }
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    buffer = Buffer.concat([buffer, chunk]);
  }
}

describe('the wire server', () => {
  it('understands a conversation however it is cut into pieces', async () => {
    const extended = [
      message('P', '', 'SELECT $1::text', [0, 0]),
      message('B', '', '', [0, 0, 0, 1, 0, 0, 0, 3], [...Buffer.from('one')], [0, 0]),
      message('D', [80], ''), message('E', '', [0, 0, 0, 0]), message('S'),
    ];
    const conversation = Buffer.concat([startup(), ...extended, message('Q', "SELECT 'two'"), message('Q', 'SELECT 1/0'), ...extended]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: conversation.length - 1 }), { maxLength: 12 }), async (cuts) => {
        const socket = net.connect(path());
        const got = answers(socket, 5);
        let from = 0;
        for (const to of [...new Set(cuts)].sort((a, b) => a - b).concat(conversation.length)) {
          socket.write(conversation.subarray(from, to));
          // Each piece arrives by itself.
          await new Promise((resolve) => setImmediate(resolve));
          from = to;
        }
        const { types, texts } = await got;
        expect(texts).toEqual(['one', 'two', 'one']);
        // Without the greeting, and without settings that are reported whenever they change.
        expect(types.replace(/^.*?Z/, '').replaceAll('S', '')).toBe('12TDCZTDCZEZ12TDCZ');
        socket.destroy();
      }),
      { numRuns: 25 },
    );
  });

  it('declines encryption and goes on', async () => {
    const socket = net.connect(path());
    socket.write(requestOf(80_877_103));
    expect(((await once(socket, 'data')) as [Buffer])[0].toString()).toBe('N');
    socket.write(startup());
    expect((await answers(socket, 1)).types).toMatch(/^R.*Z$/);
    socket.destroy();
  });

  it.each([['a cancellation', requestOf(80_877_102)], ['another protocol', requestOf(131_072)], ['nonsense', Buffer.from('GET / HTTP/1.1\r\n\r\n')]])(
    'closes upon %s',
    async (_what, bytes) => {
      const socket = net.connect(path());
      socket.write(bytes);
      await once(socket, 'close');
    },
  );

  it('rolls back for a client that went away, and lets the others on', async () => {
    const goes = client();
    const stays = client();
    await Promise.all([goes.connect(), stays.connect()]);
    goes.on('error', () => undefined);
    await stays.query('CREATE TABLE gone (n int)');
    await goes.query('BEGIN');
    await goes.query('INSERT INTO gone VALUES (1)');
    const waiting = stays.query('SELECT count(*)::int AS n FROM gone');
    (goes as unknown as { connection: { stream: net.Socket } }).connection.stream.destroy();
    expect((await waiting).rows).toEqual([{ n: 0 }]);
    await stays.end();
  });

  it('keeps a transaction to its own connection', async () => {
    const first = client();
    const second = client();
    await Promise.all([first.connect(), second.connect()]);
    await first.query('CREATE TABLE turns (n int)');
    await first.query('BEGIN');
    let answered = false;
    const other = second.query('INSERT INTO turns VALUES (2)').then(() => {
      answered = true;
    });
    for (let n = 0; n < 20; n += 1) await first.query('INSERT INTO turns VALUES ($1)', [1]);
    expect(answered).toBe(false);
    await first.query('ROLLBACK');
    await other;
    expect((await first.query('SELECT n FROM turns')).rows).toEqual([{ n: 2 }]);
    await Promise.all([first.end(), second.end()]);
  });

  it('lets a statement by itself go before transactions that wait to begin, and none before its own connection’s', async () => {
    const [holds, begins, reads] = [client(), new pg.Client({ host: folder, user: 'postgres', database: 'postgres', pipeline: true } as pg.ClientConfig), client()];
    await Promise.all([holds.connect(), begins.connect(), reads.connect()]);
    const order: string[] = [];
    const noting = (name: string) => () => void order.push(name);
    await holds.query('CREATE TABLE overtaken (n int)');
    await holds.query('BEGIN');
    const waiting = [
      begins.query('BEGIN').then(noting('begin')),
      begins.query('INSERT INTO overtaken VALUES (1)').then(noting('insert')),
      begins.query('ROLLBACK').then(noting('rollback')),
      reads.query('SELECT count(*)::int AS n FROM overtaken').then(noting('read')),
    ];
    // All of them have arrived when this is answered.
    await holds.query('SELECT 1');
    await holds.query('COMMIT');
    await Promise.all(waiting);
    expect(order).toEqual(['read', 'begin', 'insert', 'rollback']);
    expect((await reads.query('SELECT n FROM overtaken')).rows).toEqual([]);
    await Promise.all([holds, begins, reads].map((each) => each.end()));
  });

  it('has a transaction in the background wait while someone reads, though there is a while between one statement and the next; others go before it', async () => {
    const [reader, writer, person] = [client(), client(), client()];
    await Promise.all([reader.connect(), writer.connect(), person.connect()]);
    const order: string[] = [];
    reading = true;
    await reader.query('SELECT 0');
    const began = writer.query(`BEGIN${BACKGROUND}`).then(() => order.push('begun'));
    await person.query('BEGIN');
    await person.query('COMMIT');
    order.push('a person’s');
    for (let n = 0; n < 3; n += 1) {
      // Longer than whoever has just asked is waited for.
      for (const until = performance.now() + 10; performance.now() < until; ) await new Promise((resolve) => setImmediate(resolve));
      await reader.query('SELECT 1');
      order.push('read');
    }
    reading = false;
    await began;
    expect(order).toEqual(['a person’s', 'read', 'read', 'read', 'begun']);
    const before = ended;
    await writer.query('COMMIT');
    expect(ended).toBe(before + 1);
    await Promise.all([reader, writer, person].map((each) => each.end()));
  });

  it('takes a prepared statement of the same name from every connection, and refuses the name for another text', async () => {
    const clients = [client(), client(), client()];
    await Promise.all(clients.map((each) => each.connect()));
    const twice = { name: 'twice', text: 'SELECT 2 * $1::int AS n' };
    for (const [i, each] of [...clients, ...clients].entries()) expect((await each.query({ ...twice, values: [i] })).rows).toEqual([{ n: 2 * i }]);
    const prepared = await clients[0]!.query("SELECT statement FROM pg_prepared_statements WHERE name = 'twice'");
    expect(prepared.rows).toEqual([{ statement: twice.text }]);
    const other = client();
    await other.connect();
    await expect(other.query({ name: 'twice', text: 'SELECT 3 * $1::int AS n', values: [1] })).rejects.toMatchObject({ code: '42P05' });
    await Promise.all([...clients, other].map((each) => each.end()));
  });

  it('forgets a prepared statement that was refused, and keeps one that a single connection closes', async () => {
    const [one, two] = [client(), client()];
    await Promise.all([one.connect(), two.connect()]);
    const later = { name: 'later', text: 'SELECT n FROM later WHERE n = $1' };
    await expect(one.query({ ...later, values: [1] })).rejects.toMatchObject({ code: '42P01' });
    await one.query('CREATE TABLE later (n int)');
    await one.query('INSERT INTO later VALUES (1)');
    expect((await two.query({ ...later, values: [1] })).rows).toEqual([{ n: 1 }]);
    // pg closes what it was about to prepare where a value cannot be sent.
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    await expect(one.query({ ...later, values: [circular] })).rejects.toThrow(/circular/);
    expect((await two.query({ ...later, values: [1] })).rows).toEqual([{ n: 1 }]);
    expect((await one.query({ ...later, values: [1] })).rows).toEqual([{ n: 1 }]);
    await Promise.all([one.end(), two.end()]);
  });

  it('runs statements that were sent together in their order, those behind a failure not at all', async () => {
    const one = new pg.Client({ host: folder, user: 'postgres', database: 'postgres', pipeline: true } as pg.ClientConfig);
    await one.connect();
    await one.query('CREATE TABLE ordered (n int PRIMARY KEY)');
    const sent = [1, 2, 2, 3].map((n) => one.query({ name: 'ordered', text: 'INSERT INTO ordered SELECT $1::int RETURNING (SELECT count(*)::int FROM ordered) AS before', values: [n] }));
    const outcomes = await Promise.allSettled(sent);
    expect(outcomes.map((each) => (each.status === 'fulfilled' ? each.value.rows : (each.reason as { code: string }).code))).toEqual([[{ before: 0 }], [{ before: 1 }], '23505', [{ before: 2 }]]);
    await one.query('BEGIN');
    const within = await Promise.allSettled([4, 4, 5].map((n) => one.query('INSERT INTO ordered VALUES ($1)', [n])));
    expect(within.map((each) => (each.status === 'fulfilled' ? 'done' : (each.reason as { code: string }).code))).toEqual(['done', '23505', '25P02']);
    await one.query('ROLLBACK');
    await one.end();
  });

  it('carries megabytes either way', async () => {
    const one = client();
    await one.connect();
    const text = 'ä'.repeat(4 * 1024 * 1024);
    expect((await one.query('SELECT $1::text AS t', [text])).rows[0].t === text).toBe(true);
    await one.end();
  });
});
