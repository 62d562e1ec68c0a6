import { Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Config } from './config.js';
import type { SettingPath } from './document.js';
import { originOf, type Origin } from './origins.js';
import { formatSize } from './settings.js';

const MASK = '********';
const SECRETS = new Set(['password', 'api_key', 'key', 'access_key', 'secret_key', 'signing_secret', 'hub_token']);
const SIZES = new Set(['max_upload', 'max_text', 'max_request_body']);

/** The resolved configuration as YAML: secrets masked, and behind each value where it came from. */
export function describeConfig(config: Config): string {
  const { client, ...settings } = config;
  const document = new Document(snake(settings, null));
  annotate(document.contents as Node, [], (path) => originOf(config, path));
  const written = document.toString({ lineWidth: 0 });
  const ofServer = client.server === undefined ? '' : `# The commands go to ${withoutCredentials(client.server)} (STRATA_SERVER), unless --server, --data-dir or --config says otherwise.\n`;
  const ofKey = client.apiKey === undefined ? '' : '# The commands send the API key of STRATA_API_KEY.\n';
  return `${written}${ofServer}${ofKey}`;
}

/** Plain data with names in snake_case and values as a reader wants them. */
function snake(value: unknown, name: string | null): unknown {
  if (Array.isArray(value)) return value.map((item) => snake(item, null));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([inner, content]) => [snakeName(inner), snake(content, snakeName(inner))]));
  }
  if (name !== null && SECRETS.has(name)) return MASK;
  if (name !== null && SIZES.has(name) && typeof value === 'number') return formatSize(value);
  return typeof value === 'string' ? withoutCredentials(value) : value;
}

const snakeName = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function withoutCredentials(value: string): string {
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${MASK}@`);
}

function annotate(node: Node | null, path: SettingPath, origin: (path: SettingPath) => Origin): void {
  if (isMap(node)) {
    for (const { key, value } of node.items)
      annotate(value as Node | null, [...path, String(isScalar(key) ? key.value : key)], origin);
  } else if (isSeq(node) && node.items.length > 0) {
    node.items.forEach((item, index) => annotate(item as Node, [...path, index], origin));
  } else if (node !== null) {
    // An empty list keeps its comment on its line only in flow style.
    if (isSeq(node)) node.flow = true;
    node.comment = ` ${sentence(origin(path))}`;
  }
}

function sentence(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
    case 'command line':
      return origin.kind;
    case 'environment':
      return `environment: ${origin.variable}`;
    case 'file':
      return `file: ${origin.file}:${origin.line}${origin.variables.length === 0 ? '' : `, environment: ${origin.variables.join(', ')}`}`;
  }
}
