import { randomUUID } from 'node:crypto';

/** A way to a server that a test can block, slow down and open again. */
export interface Way {
  host: string;
  port: number;
  /** Connections are refused, and those that are open end. */
  refuse(): Promise<void>;
  /** Connections are taken, and nothing passes any more: what a firewall does, or a machine that hangs. */
  swallow(): Promise<void>;
  /** Milliseconds that each answer comes later. */
  delay(milliseconds: number): Promise<void>;
  /** Lets everything pass again. Connections that were swallowed end. */
  open(): Promise<void>;
  remove(): Promise<void>;
}

/** @param api of a toxiproxy server  @param upstream `host:port` */
export async function openWay(api: string, upstream: string): Promise<Way> {
  const name = `strata-${randomUUID()}`;
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${api}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy answers ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const { listen } = (await ask('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream, enabled: true })) as { listen: string };
  const toxic = (type: string, stream: 'upstream' | 'downstream', attributes: object) =>
    ask('POST', `/proxies/${name}/toxics`, { name: `${type}-${stream}`, type, stream, attributes });
  const switched = (enabled: boolean) => ask('POST', `/proxies/${name}`, { name, listen, upstream, enabled });
  return {
    host: '127.0.0.1',
    port: Number(listen.split(':').at(-1)),
    refuse: async () => void (await switched(false)),
    async swallow() {
      await toxic('timeout', 'upstream', { timeout: 0 });
      await toxic('timeout', 'downstream', { timeout: 0 });
    },
    delay: async (latency) => void (await toxic('latency', 'downstream', { latency })),
    async open() {
      const toxics = (await ask('GET', `/proxies/${name}/toxics`)) as { name: string }[];
      for (const { name: each } of toxics) await ask('DELETE', `/proxies/${name}/toxics/${each}`);
      await switched(true);
    },
    remove: async () => void (await ask('DELETE', `/proxies/${name}`)),
  };
}
