#!/usr/bin/env node
require('../dist/server.js').main(process.argv);
