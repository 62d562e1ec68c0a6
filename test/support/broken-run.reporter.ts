import { writeFileSync } from 'node:fs';

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Writes what broke a run outside its tests, such as a process that ended, beside the JSON report, which leaves that out. */
export class BrokenRunReporter implements Reporter {
  /** @param file of JSON: messages */
  constructor(private readonly file: string) {}

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const unfinished = modules.filter((module) => module.state() === 'pending' || module.state() === 'queued').map((module) => `${module.relativeModuleId} did not end`);
    const messages = [...unfinished, ...errors.map(({ message, stack }) => stack ?? message)];
    if (messages.length > 0) writeFileSync(this.file, JSON.stringify(messages));
  }
}
