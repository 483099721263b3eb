/** Tests of services and of HTTP with their state in PostgreSQL: those that look at nothing else. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: [
    '**/tests/http/admin/devices.test.ts',
    '**/tests/unit/services/offers/reports.test.ts',
    '**/tests/unit/services/offers/two-boards.test.ts',
  ],
  globalSetup: '<rootDir>/tests/support/postgres-for-all.ts',
  globalTeardown: '<rootDir>/tests/support/postgres-for-all-end.ts',
};
