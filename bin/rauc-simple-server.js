#!/usr/bin/env node
require('../dist/load.js').loadServer().main(process.argv);
