// Reads what `helm template` wrote: node scripts/check-rendered.mjs FILE
// Fails where an object lacks what every Kubernetes object has, two bear one name, a selector matches no pods of the chart, or
// something scales what the chart does not make.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const findings = [];
const objects = parseAllDocuments(readFileSync(process.argv[2], 'utf8')).flatMap((document) => {
  findings.push(...document.errors.map(({ message }) => message));
  const object = document.toJS();
  return object ? [object] : [];
});
const nameOf = (object) => `${object.kind}/${object.metadata?.name}`;

const names = new Set();
for (const object of objects) {
  if (!object.apiVersion || !object.kind || !object.metadata?.name) findings.push(`${nameOf(object)} lacks apiVersion, kind or metadata.name`);
  if (names.has(nameOf(object))) findings.push(`${nameOf(object)} is there twice`);
  names.add(nameOf(object));
}

const labels = objects.map((object) => object.spec?.template?.metadata?.labels).filter(Boolean);
const matches = (selector) => labels.some((own) => Object.entries(selector).every(([key, value]) => own[key] === value));
for (const object of objects) {
  const selector = object.kind === 'Service' ? object.spec?.selector : object.spec?.selector?.matchLabels;
  if (selector && !matches(selector)) findings.push(`${nameOf(object)} selects no pods of this chart`);
  const target = object.spec?.scaleTargetRef;
  if (target && !names.has(`${target.kind ?? 'Deployment'}/${target.name}`)) findings.push(`${nameOf(object)} scales ${target.name}, which is not here`);
}

if (objects.length === 0) findings.push('The chart renders to nothing.');
for (const finding of findings) console.log(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
