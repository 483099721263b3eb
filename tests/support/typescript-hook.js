'use strict';
// Lets a plain Node process run TypeScript: `node -r ./tests/support/typescript-hook.js child.ts`. For tests that end a
// process by force, or run one under a limit.
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformFileSync(filename, {
    module: { type: 'commonjs' },
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  });
  module._compile(code, filename);
};
