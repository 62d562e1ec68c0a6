import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../../../../src/adapters/db/engine/sql-client.js';

const ofPg = pg.types.getTypeParser(1184, 'text') as (text: string) => Date | number | null;

describe('parseTimestamp', () => {
  it('reads what a session in UTC writes as pg does', () => {
    const moments = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, fc.stringMatching(/^(\.\d{1,6})?$/), (moment, fraction) => {
        const text = `${moment.toISOString().slice(0, 19).replace('T', ' ')}${fraction}+00`;
        expect(parseTimestamp(text)).toEqual(ofPg(text));
      }),
    );
  });

  it.each(['2026-03-01 12:30:00.5+02', '2026-03-01 12:30:00+05:30', '0044-03-15 12:00:00+00 BC', '12026-03-01 12:30:00+00', 'infinity', '-infinity'])('leaves %s to pg', (text) => {
    expect(parseTimestamp(text)).toEqual(ofPg(text));
  });
});
