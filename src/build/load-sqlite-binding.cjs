const { closeSync, openSync, readSync } = require('node:fs');
const { createRequire } = require('node:module');
const { currentTarget } = require('@neon-rs/load');

/** Where an executable names its loader, and so its C library: right behind its headers. */
const headBytes = 4096;

/** Loads the native part of `libsql`, from beside that package as it is installed. */
exports.load = () => {
  const libsql = createRequire(__filename).resolve('libsql');
  return createRequire(libsql)(`@libsql/${bindingTarget()}`);
};

exports.currentTarget = currentTarget;

function bindingTarget() {
  const { platform, arch } = process;
  const library = platform === 'linux' ? cLibrary() : undefined;
  if (library === undefined) return currentTarget();
  return arch === 'arm' ? `linux-arm-${library}eabihf` : `linux-${arch}-${library}`;
}

/** @returns undefined if the executable cannot be read, as in a chroot without /proc, or names no library that is known */
function cLibrary() {
  const head = Buffer.alloc(headBytes);
  try {
    const executable = openSync('/proc/self/exe', 'r');
    try {
      readSync(executable, head);
    } finally {
      closeSync(executable);
    }
  } catch {
    return undefined;
  }
  if (head.includes('/ld-musl-')) return 'musl';
  return head.includes('/ld-linux') ? 'gnu' : undefined;
}
