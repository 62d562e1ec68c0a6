import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CHECK = '../shared/contract/check-contract.mjs';

describe.skipIf(!existsSync(CHECK))('the public contract', () => {
  it('holds', () => {
    expect(execFileSync(process.execPath, [CHECK, 'schema.graphql'], { encoding: 'utf8' })).toContain('the contract holds');
  });
});
