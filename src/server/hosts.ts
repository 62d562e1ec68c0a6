import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from './options.js';

/** Which names a request may be addressed to, and which pages may open a WebSocket: browsers leave both to the server. */
export interface HostRules {
  allowsHost(request: IncomingMessage): boolean;
  allowsOrigin(request: IncomingMessage): boolean;
}

export function hostRules({ allowedHosts, corsOrigins }: Pick<ServerOptions, 'allowedHosts' | 'corsOrigins'>): HostRules {
  return {
    allowsHost: ({ headers }) => !allowedHosts || allowedHosts.includes(nameOf(headers.host ?? '')),
    allowsOrigin: ({ headers: { origin, host } }) => {
      // Programs send none.
      if (origin === undefined || corsOrigins.includes('*') || corsOrigins.includes(origin)) return true;
      return URL.canParse(origin) && new URL(origin).host === host;
    },
  };
}

const nameOf = (host: string) => host.replace(/:\d+$/, '').toLowerCase();
