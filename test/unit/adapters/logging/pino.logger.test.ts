import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../src/adapters/logging/pino.logger.js';
import { maskText, withoutSecrets } from '../../../../src/adapters/logging/redaction.js';
import { dependencyUnavailable } from '../../../../src/domain/errors.js';

function recording(options: { level?: 'debug' | 'info' | 'silent'; format?: 'json' | 'pretty' } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: options.level ?? 'debug',
    format: options.format ?? 'json',
    destination: {
      write: (line: string) => {
        lines.push(line);
        return true;
      },
    },
  });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  it('has a line an entry, with level, time, fields and sentence', () => {
    const { logger, entries } = recording();
    logger.child({ requestId: 'r1' }).warn({ objectId: 'o', count: 2 }, 'two of them');
    expect(entries()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        requestId: 'r1',
        objectId: 'o',
        count: 2,
        msg: 'two of them',
      },
    ]);
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = recording({ level: 'info' });
    logger.debug({}, 'small talk');
    const silent = recording({ level: 'silent' });
    silent.logger.error({}, 'unheard');
    expect([...lines, ...silent.lines]).toEqual([]);
  });

  it('writes errors with their causes', () => {
    const { logger, entries } = recording();
    logger.error({ err: dependencyUnavailable('objects', new Error('disk on fire')) }, 'failed');
    expect(entries()[0]).toMatchObject({
      err: {
        type: 'StrataError',
        code: 'DEPENDENCY_UNAVAILABLE',
        cause: { message: 'disk on fire' },
        stack: expect.stringContaining('pino.logger.test') as string,
      },
    });
  });

  it.each(['json', 'pretty'] as const)('holds no secret, as %s', (format) => {
    const { logger, lines } = recording({ format });
    const secret = 'hunter2';
    logger
      .child({ apiKey: secret })
      .info(
        {
          password: secret,
          config: { database: { password: secret, list: [{ 'X-API-Key': secret }] } },
          header: `Bearer ${secret}`,
        },
        `with Bearer ${secret}`,
      );
    logger.info(
      {
        req: {
          id: 1,
          method: 'PUT',
          url: `/storage/a?expires=1&signature=${secret}&x=1`,
          headers: { authorization: `Bearer ${secret}` },
        },
      },
      'request',
    );
    const cause = new Error(`cannot reach redis://me:${secret}@host`);
    logger.error(
      { err: Object.assign(new AggregateError([cause], 'both', { cause }), { secretKey: secret }) },
      'failed',
    );
    expect(lines.join('')).toContain('failed');
    expect(lines.join('')).not.toContain(secret);
  });

  it('reads well, on one line, where it is for people', () => {
    const { logger, lines } = recording({ format: 'pretty' });
    logger.info({ objectId: 'o' }, 'stored');
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: stored \{"objectId":"o"\}\n$/);
  });
});

describe('redaction', () => {
  it('goes by names, however they are written, and leaves everything else', () => {
    const at = new Date(0);
    const fields = {
      secret_key: 'a',
      'Set-Cookie': 'b',
      accessToken: 'c',
      tokens: 12,
      key: 'tenant/text/x',
      at,
      none: null,
      password: null,
      deep: { authorization: 'd' },
    };
    expect(withoutSecrets(fields)).toEqual({
      secret_key: '[hidden]',
      'Set-Cookie': '[hidden]',
      accessToken: '[hidden]',
      tokens: 12,
      key: 'tenant/text/x',
      at,
      none: null,
      password: null,
      deep: { authorization: '[hidden]' },
    });
    expect(fields.secret_key).toBe('a');
  });

  it.each([
    ['http://h/storage/a?size=3&signature=abc', 'http://h/storage/a?size=3&signature=[hidden]'],
    ['https://b.s3/x?X-Amz-Signature=abc&y=1', 'https://b.s3/x?X-Amz-Signature=[hidden]&y=1'],
    ['postgres://me:pw@db/strata', 'postgres://[hidden]@db/strata'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [hidden]'],
    ['mail me@example.org about http://x/y@z', 'mail me@example.org about http://x/y@z'],
  ])('finds them in %s', (text, expected) => expect(maskText(text)).toBe(expected));
});
