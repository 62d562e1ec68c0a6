import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { readClient } from './client.js';
import { ConfigError, type Config, type ConfigProblem } from './config.js';
import { readSettings, type SettingPath, type SettingsDocument } from './document.js';
import type { Environment } from './interpolation.js';
import { rememberOrigins, type Origin } from './origins.js';
import { checkSettings } from './problems.js';
import { resolveConfig } from './resolve.js';
import { breaches } from './rules.js';

export const DEFAULT_FILE = 'data_layer.yaml';

export interface LoadOptions {
  /** As the caller named it; then it must exist. Otherwise `STRATA_CONFIG`, otherwise `data_layer.yaml` here, if there is one. */
  file?: string;
  /** The process's own where it is left out. */
  env?: Environment;
  /** From the command line; they win over environment and file. */
  overrides?: { port?: number | string; host?: string; dataDir?: string; vectorProvider?: string };
  /** Where relative paths begin that are not the file's. */
  cwd?: string;
  /** Someone reads the log on a terminal. */
  isTerminal?: boolean;
}

/**
 * The configuration of this process: defaults, then `data_layer.yaml`, then the environment, then the command line.
 * Relative paths begin at the file's folder where the file names them, elsewhere at `cwd`.
 * @throws ConfigError with everything that is wrong, at once
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const {
    env = process.env,
    overrides = {},
    cwd = process.cwd(),
    isTerminal = process.stderr.isTTY === true,
  } = options;
  const { name, source } = readSource(options.file ?? nonEmpty(env.STRATA_CONFIG), cwd);
  const document = readSettings(source, env);
  const origins = override(document.values, overrides, env);

  const originOf = (path: SettingPath): Origin => {
    const overridden = origins.get(path.join('.'));
    if (overridden !== undefined) return overridden;
    const written = document.origin(path);
    return written === null ? { kind: 'default' } : { kind: 'file', file: name!, ...written };
  };
  const folderOf = (path: SettingPath) => (originOf(path).kind === 'file' ? dirname(resolve(cwd, name!)) : cwd);
  const dataDirOf = (written: string) => resolve(folderOf(['data_dir']), written);

  const { settings, problems } = checkSettings(document.values, (checked) =>
    breaches(checked, dataDirOf(checked.data_dir)),
  );
  const all = [...document.problems, ...placed(problems, document, originOf)];
  if (all.length > 0 || settings === null) throw new ConfigError(inOrder(all), name);

  const config = resolveConfig(settings, {
    dataDir: dataDirOf(settings.data_dir),
    client: readClient(env),
    logFormat: isTerminal ? 'pretty' : 'json',
    absolute: (path, written) => (isAbsolute(written) ? written : resolve(folderOf(path), written)),
  });
  rememberOrigins(config, originOf);
  return config;
}

function readSource(named: string | undefined, cwd: string): { name: string | null; source: string } {
  const name = named ?? DEFAULT_FILE;
  try {
    return { name, source: readFileSync(resolve(cwd, name), 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && named === undefined) return { name: null, source: '' };
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new ConfigError(
      [
        {
          path: '',
          line: null,
          column: null,
          message: `The file ${name} ${reason}. Name one that can be read, or leave it out: no file at all is valid.`,
        },
      ],
      name,
    );
  }
}

/** Writes what environment and command line say over the file's values. */
function override(
  values: Record<string, unknown>,
  overrides: NonNullable<LoadOptions['overrides']>,
  env: Environment,
): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  const settings: [SettingPath, string, string | number | undefined][] = [
    [['data_dir'], 'STRATA_DATA_DIR', overrides.dataDir],
    [['server', 'host'], 'STRATA_HOST', overrides.host],
    [['server', 'port'], 'STRATA_PORT', overrides.port],
    [['embedding', 'hub_url'], 'STRATA_HUB_URL', undefined],
    [['embedding', 'hub_token'], 'STRATA_HUB_TOKEN', undefined],
  ];
  for (const [path, variable, argument] of settings) {
    const value = argument ?? nonEmpty(env[variable]);
    if (value === undefined) continue;
    if (!write(values, path, value)) continue;
    origins.set(path.join('.'), argument === undefined ? { kind: 'environment', variable } : { kind: 'command line' });
  }
  // For the command that moves into another store, whose settings are there already.
  if (overrides.vectorProvider !== undefined && write(values, ['vector_database', 'provider'], overrides.vectorProvider)) {
    origins.set('vector_database.provider', { kind: 'command line' });
  }
  return origins;
}

/** False where something on the way is no group of settings, which is a mistake that is reported by itself. */
function write(values: Record<string, unknown>, path: SettingPath, value: unknown): boolean {
  let group = values;
  for (const name of path.slice(0, -1)) {
    const inner = (group[String(name)] ??= {});
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return false;
    group = inner as Record<string, unknown>;
  }
  group[String(path.at(-1))] = value;
  return true;
}

function placed(
  problems: { path: SettingPath; message: string }[],
  document: SettingsDocument,
  originOf: (path: SettingPath) => Origin,
): ConfigProblem[] {
  return problems.flatMap(({ path, message }) => {
    const origin = originOf(path);
    const name = formatPath(path);
    if (origin.kind === 'environment')
      return [{ path: name, line: null, column: null, message: `${message} (from ${origin.variable})` }];
    if (origin.kind === 'command line')
      return [{ path: name, line: null, column: null, message: `${message} (from the command line)` }];
    const place = document.locate(path);
    // Behind the first line that is no YAML everything may look wrong that is not.
    if (document.brokenFrom !== null && (place === null || place.line >= document.brokenFrom)) return [];
    return [{ path: name, line: place?.line ?? null, column: place?.column ?? null, message }];
  });
}

function formatPath(path: SettingPath): string {
  return path.reduce<string>(
    (written, step) =>
      typeof step === 'number' ? `${written}[${step}]` : written === '' ? step : `${written}.${step}`,
    '',
  );
}

function inOrder(problems: ConfigProblem[]): ConfigProblem[] {
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

const nonEmpty = (value: string | undefined) => (value === '' ? undefined : value);
