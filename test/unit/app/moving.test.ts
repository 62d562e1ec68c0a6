import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/compose.js';
import { adminTasks } from '../../../src/app/moving/admin.js';

const { handle } = adminTasks({ moving: { exports: {}, imports: {} } } as App);
const send = (method: string, path: string, text: string) => handle({ method, path, body: Readable.from([Buffer.from(text)]), signal: new AbortController().signal });

describe('a body that is no JSON', () => {
  it.each([
    ['POST', 'import/objects', '{"tenantId": "a", "models": []}\n{"object": \n', 'Line 2 of the body is no JSON: '],
    ['POST', 'import/aggregations', 'nothing', 'Line 1 of the body is no JSON: '],
    ['POST', 'export/objects', '{', 'The body is no JSON: '],
    ['POST', 'reindex', '', 'The body is no JSON: '],
  ])('is a mistake of whoever sent it: %s %s', async (method, path, text, message) => {
    await expect(send(method, path, text)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) as string });
  });
});
