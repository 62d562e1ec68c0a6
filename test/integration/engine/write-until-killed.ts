/**
 * Run by embedded.test.ts as a process of its own: opens the database, commits pairs of rows for as long as it lives, and says
 * each number after its commit. Killed in the middle of it all.
 */
import { startEmbeddedEngine } from '../../../src/adapters/db/engine/embedded.js';

const [dataDir, templateDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('which folder?');
process.stdout.write('starting\n');
const engine = await startEmbeddedEngine({ dataDir, templateDir: templateDir ?? null });
await engine.sql.query('CREATE TABLE IF NOT EXISTS pairs (n int NOT NULL, half int NOT NULL, filler text)');
const [row] = await engine.sql.query<{ next: number }>('SELECT coalesce(max(n), 0) + 1 AS next FROM pairs');
for (let n = row!.next; ; n += 1) {
  await engine.transaction(async ({ sql }) => {
    await sql.query('INSERT INTO pairs VALUES ($1, 1, $2)', [n, 'x'.repeat(3000)]);
    await sql.query('INSERT INTO pairs VALUES ($1, 2, $2)', [n, 'y'.repeat(3000)]);
  });
  process.stdout.write(`${n}\n`);
}
