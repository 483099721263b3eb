/** The tests of services and of HTTP, with their state in PostgreSQL. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.js'),
  globalSetup: '<rootDir>/tests/support/postgres-for-all.ts',
  globalTeardown: '<rootDir>/tests/support/postgres-for-all-end.ts',
};
