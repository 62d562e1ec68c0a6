import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

const HOST = '127.0.0.1';
const MAX_PORT = 65_535;

/** So many free loopback ports, all different: each is held until the last is known. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)));
  return release(held);
}

/** A free loopback port whose successor is free as well. */
export async function freeNeighbours(): Promise<[number, number]> {
  for (;;) {
    const first = await hold(0);
    const next = portOf(first) + 1;
    const second = next > MAX_PORT ? null : await hold(next).catch(() => null);
    await release(second === null ? [first] : [first, second]);
    if (second !== null) return [next - 1, next];
  }
}

async function hold(port: number): Promise<Server> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  return server;
}

async function release(servers: Server[]): Promise<number[]> {
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
