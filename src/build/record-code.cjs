const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/** Runs the server of a folder, given as the first argument, and when it ends writes its code cache there. */
const [, , dist, ...words] = process.argv;
const { codeCacheOf, makeCodeCache, runFile } = require(path.join(dist, 'load.js'));

const file = path.join(dist, 'server.js');
const source = readFileSync(file, 'latin1');
const { exports: server, script } = runFile(file, { source });
server.main([process.execPath, file, ...words]).then(() => {
  if (!process.exitCode) writeFileSync(codeCacheOf(file), makeCodeCache(source, script));
});
