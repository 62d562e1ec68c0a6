import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

import { STACK } from './stacks.js';
import { SERVICE_NAMES, serviceAddress } from './services.js';

/** Why servers are missing, told by `npm run test:full`: JSON, the reason by the service's name. */
const MISSING = 'STRATA_TEST_MISSING';

/** Names at the end of a run each suite and each test that did not run, and why. */
export class NotRunReporter implements Reporter {
  /** @param leftOut patterns of files that `npm run test:full` runs */
  constructor(private readonly leftOut: readonly string[]) {}

  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) => {
      const skipped = outermostSkipped(module);
      const source = skipped.length > 0 ? sourceOf(module.moduleId) : '';
      return skipped.map((one) => `  ${module.relativeModuleId} > ${one.fullName}${countOf(one)}\n      ${reasonFor(one, source)}`);
    });
    console.log(lines.length === 0 ? '\nEverything ran.' : `\nNot run (${lines.length}):\n${lines.join('\n')}`);
    if (this.leftOut.length > 0) console.log(`\nLeft to npm run test:full:\n${this.leftOut.map((pattern) => `  ${pattern}`).join('\n')}`);
  }
}

/** With the suites that it runs. */
function sourceOf(path: string): string {
  const own = readFileSync(path, 'utf8');
  const suites = [...own.matchAll(/from '(\.[^']*\.(?:contract|suite))\.js'/g)].map(([, suite]) => join(dirname(path), `${suite}.ts`));
  return [own, ...suites.filter((suite) => existsSync(suite)).map((suite) => readFileSync(suite, 'utf8'))].join('\n');
}

/** A skipped suite stands for what is in it. */
function outermostSkipped(parent: TestModule | TestSuite): (TestCase | TestSuite)[] {
  return [...parent.children].flatMap((child) => {
    if (child.type === 'test') return child.result().state === 'skipped' ? [child] : [];
    const tests = [...child.children.allTests()];
    const all = tests.length > 0 && tests.every((test) => test.result().state === 'skipped');
    return all && child.state() === 'skipped' ? [child] : outermostSkipped(child);
  });
}

function countOf(one: TestCase | TestSuite): string {
  if (one.type === 'test') return '';
  const count = [...one.children.allTests()].length;
  return ` (${count} test${count === 1 ? '' : 's'})`;
}

/** What the test says when it skips itself, or else the condition before its name in the source, and the servers that its file asks for in vain. */
function reasonFor(one: TestCase | TestSuite, source: string): string {
  const result = one.type === 'test' ? one.result() : undefined;
  const note = result?.state === 'skipped' ? result.note : undefined;
  if (note !== undefined) return note;
  const missing = SERVICE_NAMES.filter((name) => serviceAddress(name) === null && source.includes(`serviceAddress('${name}')`)).map(whyMissing);
  const condition = conditionBefore(one.name, source) ?? (one.parent.type === 'module' ? undefined : conditionBefore(one.parent.name, source));
  return missing.length > 0 ? `needs ${missing.join('; ')}` : (condition ?? 'skipped in the source');
}

function whyMissing(name: string): string {
  const told = JSON.parse(process.env[MISSING] ?? '{}') as Record<string, string>;
  return `${name}: ${told[name] ?? 'no address was given (npm run test:full starts what is installed)'}`;
}

/** Of `describe.skipIf(condition)('name', …`. */
function conditionBefore(name: string, source: string): string | undefined {
  const [, how, condition] = new RegExp(`\\.(skipIf|runIf)\\((.*)\\)\\(\\s*['"\`]${literal(name)}['"\`]`).exec(source) ?? [];
  const [, onStack] = /^(?:notOn\(\[.*\], |onlyEmbedded\()'(.*)'\)$/.exec(condition ?? '') ?? [];
  if (onStack !== undefined) return `not on the stack "${STACK}": ${onStack}`;
  return how === undefined ? undefined : `skipped ${how === 'skipIf' ? 'where' : 'unless'} ${condition}`;
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
