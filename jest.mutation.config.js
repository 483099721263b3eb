const everything = require('./jest.config');

/** What judges mutants: the unit tests of what they live in, which need no server. */
module.exports = {
  ...everything,
  testMatch: ['<rootDir>/tests/unit/{core,rauc,x509}/**/*.test.ts'],
};
