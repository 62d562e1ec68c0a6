// What the reports of a run come to: `node scripts/sum-of-tests.mjs FOLDER STATUS`. Its last line is `N passed, N failed`;
// before it stands each test that failed, with the beginning of its message.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const LINES_OF_A_MESSAGE = 12;
const [folder, status] = process.argv.slice(2);
const read = (ending) => readdirSync(folder).filter((name) => name.endsWith(ending)).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const reports = read('.json');
const broken = read('.broken').flat();
const files = reports.flatMap((report) => report.testResults);
const sum = (count) => reports.reduce((total, report) => total + count(report), 0);

const beginning = (message) => message.split('\n').filter((line) => !line.includes('node_modules')).slice(0, LINES_OF_A_MESSAGE).map((line) => `      ${line}`).join('\n');
const of = (file, test) => `${relative(process.cwd(), file.name)} > ${test.fullName}`;

const failed = files.filter((file) => file.status === 'failed').flatMap((file) => {
  const tests = file.assertionResults.filter((test) => test.status === 'failed').map((test) => [of(file, test), test.failureMessages.join('\n')]);
  // One that broke outside its tests, as an import or a hook does, has none that failed.
  return tests.length > 0 ? tests : [[relative(process.cwd(), file.name), file.message ?? '']];
});

const skipped = sum((report) => report.numPendingTests + (report.numTodoTests ?? 0));
if (skipped > 0) console.log(`${skipped} did not run: each is named above, with the reason\n`);
if (failed.length > 0) console.log(`Failed (${failed.length}):\n${failed.map(([name, message]) => `  ${name}\n${beginning(message)}`).join('\n')}\n`);

if (broken.length > 0) console.log(`Outside the tests:\n${broken.map(beginning).join('\n')}\n`);

// A run that broke before it could count, or that failed for something other than a test, is one failure more.
console.log(`${sum((report) => report.numPassedTests)} passed, ${Math.max(failed.length, status === '0' ? 0 : 1)} failed`);
