'use strict';
// Preloaded into the thread that waits for the disk. The file `disk-order` beside the data folder says what becomes of a sync of the
// -wal file: `hold` until it says something else, `fail`, `exit` of the thread, `unclonable` for an answer that cannot be sent, `unreadable` for
// one that arrives and cannot be read. Each sync adds a line to `disk-log`.
const fs = require('node:fs');
const path = require('node:path');
const { parentPort, workerData } = require('node:worker_threads');
const { sendUnreadable } = require('./unreadable-answer.js');

const beside = path.dirname(path.dirname(workerData.file));
const orders = path.join(beside, 'disk-order');
const log = path.join(beside, 'disk-log');
const real = fs.fdatasyncSync;
const order = () => fs.readFileSync(orders, 'utf8');
const pause = new Int32Array(new SharedArrayBuffer(4));

fs.fdatasyncSync = (descriptor) => {
  fs.appendFileSync(log, `${order()}\n`);
  while (order() === 'hold') Atomics.wait(pause, 0, 0, 5);
  switch (order()) {
    case 'fail':
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    case 'exit':
      process.exit(1);
      break;
    case 'unclonable':
      parentPort?.postMessage(() => undefined);
      break;
    case 'unreadable':
      sendUnreadable(parentPort);
  }
  real(descriptor);
};
