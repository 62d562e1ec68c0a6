import { describe, expect, it } from 'vitest';

import { withDatabase } from '../../support/database.js';

const database = withDatabase();

describe('the embedded engine', () => {
  it('answers', async () => {
    expect(await database.engine.sql.query('SELECT count(*) AS n FROM data_objects')).toEqual([{ n: 0 }]);
  });
});
