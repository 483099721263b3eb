'use strict';
const { open } = require('node:fs/promises');

/** What becomes an answer that cannot be read. */
let handle;
void open(__filename).then((opened) => (handle = opened));

/** Sends an answer that arrives and cannot be read. As Node tests it: what is sent of a handle names a class that the other side may not make of it. */
exports.sendUnreadable = (port) => {
  const symbols = Object.getOwnPropertySymbols(Object.getPrototypeOf(handle));
  const transfer = symbols.find(({ description }) => description === 'messaging_transfer_symbol');
  handle[transfer] = () => ({ data: 'nothing', deserializeInfo: 'net:Socket' });
  port.postMessage(handle, [handle]);
};
