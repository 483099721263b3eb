/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/device/'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  testTimeout: 60_000,
  // Much of the time is spent waiting for programs; a worker that has grown makes room for a fresh one.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
};
