import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** Loads the built server, which is all that it knows of it. See docs/adr/0019-packages-and-compiled-code-in-dist.md. */

interface Server {
  main(argv: readonly string[]): Promise<void>;
}

/** A file that was run, and how V8 compiled it. */
export interface Loaded {
  readonly exports: unknown;
  readonly script: Script;
}

/** A source, and what V8 compiled of it. */
export interface CodeCache {
  readonly source: string;
  readonly data: Buffer;
}

const before = '(function (exports, require, module, __filename, __dirname) { ';
const after = '\n})';
/** CRC-32 of the source, and of V8's data. */
const headerBytes = 8;

/** Loads the server that was built beside this file. */
export function loadServer(): Server {
  const file = path.join(__dirname, 'server.js');
  const cache = readCodeCache(file);
  return (cache === undefined ? createRequire(file)(file) : runFile(file, cache).exports) as Server;
}

/**
 * Runs a CommonJS file. If V8 refuses the data of its cache, because it came from another version or other flags, the source is
 * compiled as usual.
 */
export function runFile(
  file: string,
  { source, data }: CodeCache | { source: string; data?: never },
): Loaded {
  const script = new Script(`${before}${source}${after}`, {
    filename: `dist/${path.basename(file)}`, // the cache would show the builder's folder in every stack trace
    columnOffset: -before.length,
    ...(data === undefined ? {} : { cachedData: data }),
  });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...names: unknown[]) => void;
  run.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file));
  return { exports: module.exports, script };
}

/**
 * Reads a file and its code cache. V8 compares only its version, its flags and the length of the source, and crashes on spoilt data:
 * checksums guard both.
 * @returns undefined if the cache is missing, spoilt or of another source, or if stack traces must follow source maps, which Node
 * reads only for files that it loads itself
 */
export function readCodeCache(file: string): CodeCache | undefined {
  if (process.sourceMapsEnabled) return undefined;
  try {
    const memory = Buffer.allocUnsafeSlow(Math.max(sizeOf(file), sizeOf(codeCacheOf(file))));
    const bytes = readInto(memory, file);
    const sum = crc32(bytes);
    // The build writes ASCII, which is read several times faster as Latin-1 than as UTF-8.
    const source = bytes.toString('latin1');
    const cache = readInto(memory, codeCacheOf(file)); // in the same memory, because the first use of each page costs more than reading
    const data = cache.subarray(headerBytes);
    const isWhole = sum === cache.readUInt32LE(0) && crc32(data) === cache.readUInt32LE(4);
    return isWhole ? { source, data } : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  return statSync(file).size;
}

/** @returns the part of the memory that the file fills */
function readInto(memory: Buffer, file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    return memory.subarray(0, readSync(descriptor, memory));
  } finally {
    closeSync(descriptor);
  }
}

/** Makes what `readCodeCache` reads, of all functions that V8 has compiled so far. */
export function makeCodeCache(source: string, script: Script): Buffer {
  const data = script.createCachedData();
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(crc32(Buffer.from(source, 'latin1')), 0);
  header.writeUInt32LE(crc32(data), 4);
  return Buffer.concat([header, data]);
}

/** @returns the path of a built file's code cache */
export function codeCacheOf(file: string): string {
  return `${file}.cache`;
}
