/** The rooms of the house and who may enter which; see ARCHITECTURE.md. `test/architecture` runs them. */
const room = (name) => `^src/${name}/`;
const LIBRARIES = '^node_modules/';

/** A room, and everything of ours that it may import. */
const allowed = {
  domain: [],
  ports: ['domain'],
  services: ['ports', 'domain'],
  graphql: ['services', 'domain'],
  jobs: ['services', 'ports', 'domain'],
  adapters: ['ports', 'domain'],
  server: ['graphql', 'services', 'domain'],
  cli: ['domain'],
  config: [],
};

const rooms = Object.entries(allowed).map(([from, to]) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `${from} may import ${to.length > 0 ? to.join(', ') : 'nothing of ours'}, and itself.`,
  from: { path: room(from) },
  to: { path: '^src/', pathNot: [from, ...to].map(room) },
}));

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'The domain does no I/O and knows no library.',
      from: { path: room('domain') },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'ports-name-no-vendor',
      severity: 'error',
      from: { path: room('ports') },
      to: { path: LIBRARIES },
    },
    {
      name: 'adapters-do-not-meet',
      severity: 'error',
      comment: 'An adapter never imports another; what they share is a port, or the worker entry.',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'config-libraries',
      severity: 'error',
      comment: 'The configuration is read with zod and yaml alone.',
      from: { path: room('config') },
      to: { path: LIBRARIES, pathNot: ['^node_modules/(zod|yaml)/'] },
    },
    {
      name: 'services-know-no-framework',
      severity: 'error',
      comment: 'Services use pure libraries; databases, servers and schemas are behind ports.',
      from: { path: room('services') },
      to: { path: '^node_modules/(pg|pg-boss|@prisma|express|@apollo|type-graphql|graphql|graphql-ws|sharp|onnxruntime-node|@electric-sql|pino|prom-client)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Types of the schema refer to one another by design; elsewhere a cycle is a knot.',
      from: { path: '^src/', pathNot: room('graphql') },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'examples-are-others-programs',
      severity: 'error',
      comment: 'An example is what another team would write: it reaches the program as they do, by its API.',
      from: { path: '^examples/' },
      to: { path: '^(src|test|bench|scripts)/' },
    },
    {
      name: 'nothing-of-ours-needs-an-example',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^examples/' },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'Gateways, composers and test tools are not there where the program is installed.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-of-the-whole-import-nothing',
      severity: 'error',
      comment: 'End-to-end tests see the program as a user does.',
      from: { path: '^test/e2e/' },
      to: { path: '^src/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/adapters/db/generated/', '^src/graphql/generated/', '^src/cli/generated/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
