import type { ViteUserConfig } from 'vitest/config';
import { BrokenRunReporter } from './broken-run.reporter.js';
import { NotRunReporter } from './not-run.reporter.js';

type Reporters = NonNullable<ViteUserConfig['test']>['reporters'];

/** Where a run's results are written as JSON, too. */
const report = process.env['STRATA_TEST_REPORT'];

/** @param leftOut the files that another command runs */
export const reportersOf = (leftOut: readonly string[]): Reporters => ['default', new NotRunReporter(leftOut), ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', object], new BrokenRunReporter(report.replace(/json$/, 'broken'))])];
