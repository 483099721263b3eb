import { createRequire } from 'node:module';
import path from 'node:path';

/** Has properties of fast-check tried with the same cases each time, and at the most so many of them. */
export function quickProperties(root, maxRuns) {
  const require = createRequire(path.join(root, 'package.json'));
  const { default: fc } = require('fast-check');
  const assert = (property, parameters) =>
    fc.assert(property, { seed: 1, ...parameters, numRuns: Math.min(parameters?.numRuns ?? 100, maxRuns) });
  require.cache[require.resolve('fast-check')].exports = { __esModule: true, default: { ...fc, assert } };
}
