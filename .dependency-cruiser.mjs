// The direction of imports: domain <- platform <- {ingest, live, query, crm, access} <- {ops, doors} <- api <- runtime <- cli.
// Siblings do not know each other; web knows domain, and of the server its types alone.

const layers = [
  ['domain'],
  ['platform'],
  ['ingest', 'live', 'query', 'crm', 'access'],
  ['ops', 'doors'],
  ['api'],
  ['runtime'],
  ['cli'],
];

const upwards = layers.flatMap((layer, level) =>
  layer.map((name) => ({
    name: `${name}-imports-only-what-is-below`,
    severity: 'error',
    from: { path: `^src/${name}/`, pathNot: '\\.test\\.tsx?$' },
    to: {
      path: `^src/(${[...layer.filter((other) => other !== name), ...layers.slice(level + 1).flat(), 'web', 'app', 'testing'].join('|')})/`,
    },
  })),
);

export default {
  forbidden: [
    ...upwards,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'web-knows-the-server-by-its-types',
      severity: 'error',
      from: { path: '^src/(web|app)/' },
      to: {
        path: '^src/(platform|ingest|live|query|crm|access|ops|doors|api|runtime|cli)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    { name: 'web-does-not-know-its-pages', severity: 'error', from: { path: '^src/web/' }, to: { path: '^src/app/' } },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '(^src/testing/|\\.test\\.tsx?$)' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(src/domain/|node_modules/zod/)' },
    },
    {
      name: 'packages-stand-alone',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/$1/src/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'nobody-reaches-into-a-package',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(src/platform/db/generated/|packages/[^/]+/dist/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
