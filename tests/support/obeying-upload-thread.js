'use strict';
// Preloaded into a thread that writes uploads. The file `upload-order` beside the bundle folder says what becomes of its disk: `hold`
// until it says something else, `hold-sync` the same for a sync alone, `full`, `fail` a sync, `stuck` a removal that fails, `exit` at the
// first write, `exit-synced` and `exit-linked` once the file has what they say, `unreadable` for an answer that cannot be read, `unread` for a
// task that cannot, `exit-hashing` before weak hashes are computed. Each upload adds the number of its thread to `upload-log`.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { parentPort, threadId } = require('node:worker_threads');
const { sendUnreadable } = require('./unreadable-answer.js');

const beside = globalThis.uploadsBeside;
const order = () => fs.readFileSync(path.join(beside, 'upload-order'), 'utf8');
const pause = new Int32Array(new SharedArrayBuffer(4));
const { createHash } = crypto;
const { openSync, writeSync, fsyncSync, linkSync, rmSync } = fs;
const systemError = (code) => Object.assign(new Error(`${code}: told so`), { code });

fs.openSync = (file, flags, mode) => {
  const descriptor = openSync(file, flags, mode);
  if (flags === 'wx') fs.appendFileSync(path.join(beside, 'upload-log'), `${threadId}\n`);
  return descriptor;
};

fs.writeSync = (...args) => {
  while (order() === 'hold') Atomics.wait(pause, 0, 0, 5);
  switch (order()) {
    case 'full':
      throw systemError('ENOSPC');
    case 'exit':
      process.exit(1);
      break;
    case 'unreadable':
      sendUnreadable(parentPort);
      break;
    case 'unread':
      parentPort.emit('messageerror', new Error('told so'));
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

fs.rmSync = (...args) => {
  if (order() === 'stuck') throw systemError('EIO');
  rmSync(...args);
};

crypto.createHash = (...args) => {
  if (args[0] === 'md5' && order() === 'exit-hashing') process.exit(1);
  return createHash(...args);
};
