'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

/** Preloaded into a program: writes the most memory that its process ever had, in bytes, to the file that PEAK_MEMORY_FILE names. */
if (isMainThread)
  process.once('exit', () => {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    writeFileSync(process.env.PEAK_MEMORY_FILE, String(Number(kib) * 1024));
  });
