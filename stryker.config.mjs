/** One room is judged by its own unit tests: `ROOMS=x509 npm run test:mutants`. docs/testing.md says more. */
const rooms = (process.env.ROOMS ?? 'core,rauc,x509').split(',');

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'in-process',
  plugins: ['./tests/mutation/runner.mjs'],
  inProcess: {
    folders: rooms.map((room) => `tests/unit/${room}`),
    leaveOut: ['chain-matrix.test.ts', 'bundle-worker.test.ts', 'thread-time.test.ts'],
    budgetMs: 1500,
    propertyRuns: 150,
  },
  coverageAnalysis: 'perTest',
  dryRunTimeoutMinutes: 20,
  mutate: rooms.map((room) => `src/${room}/**/*.ts`),
  ignorePatterns: ['dist', 'data', 'certs', 'public', 'docs'],
  reporters: ['clear-text', 'progress', 'json'],
  jsonReporter: { fileName: '.stryker/report.json' },
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandboxes',
  concurrency: 2,
  thresholds: { high: 90, low: 85, break: null },
};
