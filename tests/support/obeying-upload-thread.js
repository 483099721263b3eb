'use strict';
// Preloaded into a thread that writes an upload. The file `upload-order` beside the bundle folder says what becomes of its disk: `hold`
// until it says something else, `hold-sync` the same for a sync alone, `full`, `fail` a sync, `exit` at the first write, `exit-synced` and
// `exit-linked` once the file has what they say.
const fs = require('node:fs');
const path = require('node:path');
const { workerData } = require('node:worker_threads');

const orders = path.join(workerData.file, '../../../upload-order');
const order = () => fs.readFileSync(orders, 'utf8');
const pause = new Int32Array(new SharedArrayBuffer(4));
const { writeSync, fsyncSync, linkSync } = fs;
const systemError = (code) => Object.assign(new Error(`${code}: told so`), { code });

fs.writeSync = (...args) => {
  while (order() === 'hold') Atomics.wait(pause, 0, 0, 5);
  switch (order()) {
    case 'full':
      throw systemError('ENOSPC');
    case 'exit':
      process.exit(1);
  }
  return writeSync(...args);
};

fs.fsyncSync = (descriptor) => {
  while (order().startsWith('hold')) Atomics.wait(pause, 0, 0, 5);
  if (order() === 'fail') throw systemError('EIO');
  fsyncSync(descriptor);
  if (order() === 'exit-synced') process.exit(1);
};

fs.linkSync = (...args) => {
  linkSync(...args);
  if (order() === 'exit-linked') process.exit(1);
};
