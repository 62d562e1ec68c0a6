import type { Config } from './config.js';
import type { SettingPath } from './document.js';

/** Where a value came from. */
export type Origin =
  | { kind: 'default' }
  | { kind: 'file'; file: string; line: number; variables: readonly string[] }
  | { kind: 'environment'; variable: string }
  | { kind: 'command line' };

type OriginOf = (path: SettingPath) => Origin;

// Beside the configuration rather than in it: only who explains it to a reader asks.
const remembered = new WeakMap<Config, OriginOf>();

export function rememberOrigins(config: Config, originOf: OriginOf): void {
  remembered.set(config, originOf);
}

/** @param path as in YAML; a configuration that was not loaded knows of defaults alone */
export function originOf(config: Config, path: SettingPath): Origin {
  return remembered.get(config)?.(path) ?? { kind: 'default' };
}
