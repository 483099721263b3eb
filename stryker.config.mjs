/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'jest',
  jest: { configFile: 'jest.mutation.config.js' },
  coverageAnalysis: 'perTest',
  mutate: ['src/core/**/*.ts', 'src/rauc/**/*.ts', 'src/x509/**/*.ts'],
  ignorePatterns: ['dist', 'data', 'certs', 'public', 'docs'],
  reporters: ['clear-text', 'progress', 'json'],
  jsonReporter: { fileName: '.stryker/report.json' },
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandboxes',
  thresholds: { high: 90, low: 85, break: null },
  timeoutFactor: 4,
};
