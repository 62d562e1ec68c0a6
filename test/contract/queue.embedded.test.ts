import { PgBossQueue } from '../../src/adapters/queue/pgboss.queue.js';
import { withDatabase } from '../support/database.js';
import { QUEUES, queueContract } from './queue.suite.js';

const database = withDatabase();

queueContract('the embedded database', () => ({
  create: (logger) => new PgBossQueue({ database: database.engine, queues: QUEUES, logger }),
  transaction: (work) => database.engine.transaction(({ sql }) => work(sql)),
  async statements(work) {
    let count = 0;
    const end = database.engine.onStatement(() => {
      count += 1;
    });
    await work();
    end();
    return count;
  },
  async abandonJob(name) {
    await database.engine.sql.query(`UPDATE pgboss.job SET state = 'active', started_on = now() WHERE name = $1`, [name]);
  },
  async clear() {
    await database.engine.sql.query('DELETE FROM pgboss.job');
  },
}));
