import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface SignedCertificate {
  ca: string;
  cert: string;
  key: string;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });

/** An authority of the test's own in this folder, and what it signs. */
export class Authority {
  readonly #file: (kind: string) => string;
  #count = 0;

  constructor(folder: string, name: string) {
    this.#file = (kind) => join(folder, `${name}${kind}`);
    openssl('req', '-x509', ...EC, '-keyout', this.#file('.key'), '-out', this.certificate, '-days', '2', '-subj', `/CN=${name}`);
  }

  get certificate(): string {
    return this.#file('.pem');
  }

  /** @param names as a certificate has them: `DNS:localhost` @param days that it holds from now on; it is over where they are less than 0 */
  sign(names: string, days = 2): SignedCertificate {
    const file = (kind: string) => this.#file(`-${this.#count}${kind}`);
    this.#count++;
    openssl('req', ...EC, '-keyout', file('.key'), '-out', file('.csr'), '-subj', '/CN=server');
    writeFileSync(file('.ext'), `subjectAltName=${names}\n`);
    openssl('x509', '-req', '-in', file('.csr'), '-CA', this.certificate, '-CAkey', this.#file('.key'), '-CAcreateserial', '-days', `${days}`, '-extfile', file('.ext'), '-out', file('.pem'));
    return { ca: this.certificate, cert: file('.pem'), key: file('.key') };
  }
}
