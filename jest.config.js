const { onPostgres, ofPostgres } = require('./tests/support/postgres-suites.js');

const all = process.env.ALL_ON_POSTGRES === '1';

const shared = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
};

/** @type {import('jest').Config} */
module.exports = {
  // Much of the time is spent waiting for programs; a worker that has grown makes room for a fresh one.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '512MB',
  // For tests that hang: a busy machine may be several times slower than an idle one.
  testTimeout: 180_000,
  testSequencer: '<rootDir>/tests/support/long-first.js',
  projects: [
    {
      ...shared,
      displayName: 'main',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/device/', ...ofPostgres],
    },
    {
      ...shared,
      displayName: 'postgres',
      testMatch: [...ofPostgres.map((start) => `${start}**`), ...onPostgres({ all })],
      globalSetup: '<rootDir>/tests/support/postgres-for-all.ts',
      globalTeardown: '<rootDir>/tests/support/postgres-for-all-end.ts',
      setupFiles: ['<rootDir>/tests/support/use-postgres.ts'],
    },
  ],
};
