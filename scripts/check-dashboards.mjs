// Reads Grafana dashboards: node scripts/check-dashboards.mjs QUERIES.yml DASHBOARD.json…
// Fails where one is not JSON, has a panel without a query, or asks for a metric that Strata does not have. Writes the queries as
// recording rules, which promtool can check, with Grafana's variables filled in.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';

const [queriesPath, ...dashboards] = process.argv.slice(2);
const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8'))
  .join('\n');
const findings = [];
const rules = [];

/** Rows hold the panels beneath them when they are folded. */
const panelsOf = (one) => (one.panels ?? []).flatMap((panel) => [panel, ...panelsOf(panel)]);
const WITHOUT_QUERY = new Set(['row', 'text', 'news', 'dashlist', 'alertlist']);

const filledIn = (query) =>
  query
    .replace(/\$__(rate_interval|interval|range)\b|\$\{__(rate_interval|interval|range)\}/g, '5m')
    .replace(/\$\{\w+(:\w+)?\}|\$\w+/g, 'x');

/** A histogram's and a summary's series carry these behind the name. */
const bare = (metric) => metric.replace(/_(bucket|sum|count)$/, '');
/** Prometheus' own, those of Node's processes, and those of the servers beside Strata. */
const FOREIGN = /^(up|scrape_\w+|process_\w+|nodejs_\w+|go_\w+|minio_\w+|weaviate_\w+|redis_\w+|pg_\w+)$/;
const isKnown = (metric) => FOREIGN.test(metric) || [metric, bare(metric)].some((name) => new RegExp(`['"\`]${name}['"\`]`).test(source));

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
/** The names in a query that are not labels, functions, durations or words of the language. */
const metricsOf = (query) =>
  (filledIn(query)
    .replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi, '')
    .match(/\b[a-z_:][\w:]*\b(?!\s*\()/gi) ?? []
  ).filter((name) => !WORDS.has(name.toLowerCase()));

for (const path of dashboards) {
  const dashboard = JSON.parse(readFileSync(path, 'utf8'));
  const panels = panelsOf(dashboard).filter(({ type }) => !WITHOUT_QUERY.has(type));
  if (!dashboard.title || !dashboard.uid) findings.push(`${path}: a provisioned dashboard wants a title and a uid`);
  if (panels.length === 0) findings.push(`${path}: has no panel`);
  for (const panel of panels) {
    const queries = (panel.targets ?? []).map(({ expr }) => expr).filter(Boolean);
    if (queries.length === 0) findings.push(`${path}: the panel "${panel.title}" asks for nothing`);
    for (const query of queries) {
      rules.push({ record: `dashboard:query_${rules.length}`, expr: filledIn(query), labels: { dashboard: basename(path) } });
      for (const metric of metricsOf(query)) {
        if (!isKnown(metric)) findings.push(`${path}: the panel "${panel.title}" asks for ${metric}, which Strata does not have`);
      }
    }
  }
}

writeFileSync(queriesPath, stringify({ groups: [{ name: 'dashboards', rules }] }));
for (const finding of findings) console.log(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
