'use strict';
// Preloaded into a thread that looks into bundles: one of a single byte ends it, as running out of memory would.
const { parentPort } = require('node:worker_threads');

parentPort?.on('message', ({ bundle }) => {
  if (bundle.sizeBytes === 1) process.exit(1);
});
