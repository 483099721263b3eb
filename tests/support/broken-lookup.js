'use strict';
// Loaded into a server before its own code: an exception out of a callback, as a fault in the server's own code would be.
const dns = require('node:dns');

const { lookup } = dns;
dns.lookup = (hostname, options, callback) => {
  if (hostname !== 'broken.example') return lookup(hostname, options, callback);
  setImmediate(() => {
    throw new Error('out of a callback');
  });
  return {};
};
