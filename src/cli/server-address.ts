import type { ClientOptions } from './context.js';
import { UsageFailure } from './failure.js';

/**
 * The base of the server that a command is to go to, without a slash at its end; null where it is the installation's own. What is typed
 * counts more than the environment: `--data-dir` and `--config` are of an installation here.
 * @param fromEnvironment of `STRATA_SERVER`
 * @throws UsageFailure where it is no address, or where both a server and an installation are named
 */
export function namedServer({ server, dataDir, config, readsConfig = false }: ClientOptions, fromEnvironment: string | undefined): string | null {
  const ofInstallation = [...(dataDir === undefined ? [] : ['--data-dir']), ...(config === undefined || readsConfig ? [] : ['--config'])];
  if (server !== undefined && ofInstallation.length > 0) {
    throw new UsageFailure(`Either --server or ${ofInstallation.join(' and ')}: a server elsewhere has a data folder and a configuration of its own.`);
  }
  if (server !== undefined) return baseOf(server, '--server');
  return fromEnvironment === undefined || ofInstallation.length > 0 ? null : baseOf(fromEnvironment, 'STRATA_SERVER');
}

/** Balancers may put a server below a path; the API's own path may be there or not. */
function baseOf(written: string, named: string): string {
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    const shown = written.replace(/\/\/[^/@]*@/, '//…@').replace(/[?#].*$/, '…');
    throw new UsageFailure(`${named} is "${shown}"; it must be an address such as https://strata.example.org or http://localhost:4000. The key comes from STRATA_API_KEY.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/graphql$/, '').replace(/\/+$/, '');
}
