const { transform } = require('./jest.config.js').projects[0];

/** The tests with a real device, apart from the others: they need root once, a minute of downloads, and one device at a time. */
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests/device'],
  testMatch: ['**/*.test.ts'],
  transform,
  globalSetup: '<rootDir>/tests/device/prepare.ts',
  testTimeout: 240_000,
};
