'use strict';
// Makes the bare server of bench/compare answer over HTTP/1.1 with wrong bytes; every other program runs as ever:
// `node -r ./tests/support/wrong-bytes.js ...`.
const { ServerResponse } = require('node:http');
const path = require('node:path');

const { end } = ServerResponse.prototype;

if (path.basename(process.argv[1] ?? '') === 'bare-server.js') {
  ServerResponse.prototype.end = function (body) {
    const bytes = Buffer.from(body); // a copy
    bytes[0] ^= 1;
    return end.call(this, bytes);
  };
}
