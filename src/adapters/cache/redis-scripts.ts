import type { Redis } from 'ioredis';

/*
 * What has to happen within Redis in one step. A value that can change lies under the present epoch:
 *
 *   <prefix>epoch               → the epoch: <run of the server>.<something unique>
 *   <prefix>v:<epoch>:<key>     → 'v' and the value as JSON, or 'l' and a lease
 *   <prefix>l:<key>             → 'v' and a value that never changes under its key
 *
 * A new epoch puts everything of the old one out of reach at once; it goes when its time is over. The names are put together
 * within the scripts, which one server allows, and a cluster would not.
 */

/** KEYS: epoch. ARGV: run of the server, something unique, '1' to begin a new one whatever there is, channel, message. */
const BEGIN = `
local epoch = redis.call('GET', KEYS[1])
if ARGV[3] == '' and epoch and string.sub(epoch, 1, #ARGV[1] + 1) == ARGV[1] .. '.' then return epoch end
epoch = ARGV[1] .. '.' .. ARGV[2]
redis.call('SET', KEYS[1], epoch)
redis.call('PUBLISH', ARGV[4], ARGV[5])
return epoch`;

/**
 * KEYS: epoch. ARGV: where values begin, key, the epoch to begin where there is none, the lease to take or '', its
 * milliseconds. → [value, milliseconds left], the lease, or nothing. A lease that is there is shared: it stands for "nothing
 * was dropped since", which is true of whoever comes later too.
 */
const READ = `
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[3]
  redis.call('SET', KEYS[1], epoch)
end
local name = ARGV[1] .. epoch .. ':' .. ARGV[2]
local found = redis.call('GET', name)
if found and string.sub(found, 1, 1) == 'v' then return {string.sub(found, 2), redis.call('PTTL', name)} end
if ARGV[4] == '' then return false end
local lease = found and string.sub(found, 2) or ARGV[4]
redis.call('SET', name, 'l' .. lease, 'PX', ARGV[5])
return lease`;

/** KEYS: name. → [value, milliseconds left] or nothing. */
const READ_LASTING = `
local found = redis.call('GET', KEYS[1])
if not found then return false end
return {string.sub(found, 2), redis.call('PTTL', KEYS[1])}`;

/** KEYS: epoch. ARGV: where values begin, key, lease, value, its milliseconds. → 1 where it was kept. */
const FILL = `
local epoch = redis.call('GET', KEYS[1])
if not epoch then return 0 end
local name = ARGV[1] .. epoch .. ':' .. ARGV[2]
if redis.call('GET', name) ~= 'l' .. ARGV[3] then return 0 end
redis.call('SET', name, 'v' .. ARGV[4], 'PX', ARGV[5])
return 1`;

/**
 * KEYS: epoch. ARGV: where values begin, key, the epoch that it was sent in, value, its milliseconds, channel, message.
 * → the present epoch; where that is another, nothing was kept: this may have lain in a dead connection for long.
 */
const WRITE = `
local epoch = redis.call('GET', KEYS[1])
if epoch ~= ARGV[3] then return epoch end
redis.call('SET', ARGV[1] .. epoch .. ':' .. ARGV[2], 'v' .. ARGV[4], 'PX', ARGV[5])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return epoch`;

/** KEYS: epoch. ARGV: where values begin, where lasting ones do, channel, message, keys. Values and leases go alike. */
const DROP = `
local epoch = redis.call('GET', KEYS[1])
for index = 5, #ARGV do
  if epoch then redis.call('UNLINK', ARGV[1] .. epoch .. ':' .. ARGV[index]) end
  redis.call('UNLINK', ARGV[2] .. ARGV[index])
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1`;

type Found = [text: string, milliseconds: number];

export interface ScriptedRedis extends Redis {
  strataBegin(epochKey: string, run: string, unique: string, always: '1' | '', channel: string, message: string): Promise<string>;
  strataRead(epochKey: string, base: string, key: string, newEpoch: string, lease: string, leaseMs: number): Promise<Found | string | null>;
  strataReadLasting(name: string): Promise<Found | null>;
  strataFill(epochKey: string, base: string, key: string, lease: string, text: string, ms: number): Promise<0 | 1>;
  strataWrite(epochKey: string, base: string, key: string, epoch: string, text: string, ms: number, channel: string, message: string): Promise<string | null>;
  strataDrop(epochKey: string, base: string, lastingBase: string, channel: string, message: string, ...keys: string[]): Promise<1>;
}

export function scripted(client: Redis): ScriptedRedis {
  const scripts = { strataBegin: BEGIN, strataRead: READ, strataReadLasting: READ_LASTING, strataFill: FILL, strataWrite: WRITE, strataDrop: DROP };
  for (const [name, lua] of Object.entries(scripts)) client.defineCommand(name, { numberOfKeys: 1, lua });
  return client as ScriptedRedis;
}
