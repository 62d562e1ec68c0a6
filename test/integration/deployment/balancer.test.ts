import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePorts } from '../../../scripts/services/ports.js';
import { withApi, type ApiClient } from '../../support/api.js';
import { NGINX, startNginx, type Nginx } from '../../support/nginx.js';

/** docker/nginx.conf in front of a real server and of one that is down. */
describe.skipIf(NGINX === null)('the balancer', () => {
  const api = withApi({ tenants: 4 });
  let nginx: Nginx;
  let origin: string;
  let client: ApiClient;

  beforeAll(async () => {
    const [dead] = await freePorts(1);
    nginx = await startNginx([`127.0.0.1:${dead}`, new URL(api.origin).host]);
    ({ origin } = nginx);
    client = api.tenant().editor.at(`${origin}/graphql`);
  });
  afterAll(() => nginx?.end());

  it('answers every request, though one of the servers is down', async () => {
    const statuses = await Promise.all(Array.from({ length: 30 }, () => client.post('{ dataObjects(first: 1) { totalCount } }').then(({ status }) => status)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('lets events through as they happen, by server-sent events and by WebSocket', async () => {
    for (const how of ['overEvents', 'overSocket'] as const) {
      const events = client[how]('subscription { dataObjectChanged { kind dataObject { filename } } }');
      const first = events.next();
      let heard = false;
      void first.then(() => (heard = true));
      // Until the subscription stands, what happens is not heard.
      for (let number = 0; !heard; number += 1) {
        await client.ask('mutation($input: IngestTextInput!) { ingestText(input: $input) { dataObject { id } } }', { input: { text: `${how} ${number}`, filename: `${how}.txt` } });
        await Promise.race([first, pause(200)]);
      }
      expect((await first).value.data.dataObjectChanged.dataObject.filename).toMatch(/^over/);
      await events.return?.();
    }
  });

  it('hands the name that was asked for and the request’s id on', async () => {
    const answer = await fetch(`${origin}/healthz`, { headers: { 'x-request-id': 'asked-for.1' } });
    expect(answer.headers.get('x-request-id')).toBe('asked-for.1');
    expect((await fetch(`${origin}/healthz`)).headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keeps figures to itself', async () => {
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${api.origin}/metrics`)).status).toBe(200);
  });
});
