import { createContext, Script } from 'node:vm';
import { inflateSync } from 'node:zlib';
import { decompress as zstdDecompress } from 'fzstd';
import { threadTimeMs } from './thread-time';

/** Decompresses one block; throws when it is malformed or larger than `limit` bytes. */
export type Decompress = (block: Buffer, limit: number) => Buffer;

const gzip: Decompress = (block, limit) => inflateSync(block, { maxOutputLength: limit });

/** Processor time that the Zstandard blocks of one squashfs may use beyond what they earn; real ones earn more. */
const zstdBudgetMs = 500;
/** What a block earns by its content. */
const earnedMsPerKibibyte = 1 / 8;

/**
 * A decompressor that cannot be made to hang. In four kilobytes, a hostile frame can order enough copies to take
 * minutes: fzstd does not stop at the end of its output. Only the JavaScript engine can interrupt it.
 */
class BoundedZstd {
  readonly #job = { decompress: (): number => 0 };
  readonly #context = createContext(this.#job); // creating one takes longer than a block
  readonly #script = new Script('decompress()');
  #budgetMs = zstdBudgetMs;

  decompress(block: Buffer, limit: number): Buffer {
    const size = zstdContentSize(block);
    if (size > limit) throw new Error(`${size} bytes when decompressed`);
    // With our own buffer, no size in a hostile header makes fzstd allocate.
    const output = new Uint8Array(size);
    const beforeMs = threadTimeMs(); // not wall time: a busy machine would refuse a sound block
    this.#job.decompress = () => zstdDecompress(block, output).length;
    const timeout = Math.max(1, Math.ceil(this.#budgetMs));
    const length: unknown = this.#script.runInContext(this.#context, { timeout });
    this.#budgetMs -= threadTimeMs() - beforeMs;
    if (length !== size) throw new Error('another size than declared');
    this.#budgetMs = Math.min(zstdBudgetMs, this.#budgetMs + (size / 1024) * earnedMsPerKibibyte);
    return Buffer.from(output);
  }
}

/** The size that a Zstandard frame declares (RFC 8878, section 3.1.1.1); squashfs tools always write it. */
function zstdContentSize(frame: Buffer): number {
  const descriptor = frame.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  switch (descriptor >> 6) {
    case 0:
      if (!isSingleSegment) throw new Error('no size declared');
      return frame.readUInt8(at);
    case 1:
      return frame.readUInt16LE(at) + 256;
    case 2:
      return frame.readUInt32LE(at);
    default:
      return Number(frame.readBigUInt64LE(at));
  }
}

/** By squashfs compressor id: 1 gzip, 6 zstd. The others (lzma, lzo, xz, lz4) are rare and not supported. */
const byId: ReadonlyMap<number, () => Decompress> = new Map([
  [1, () => gzip],
  [6, newZstd],
]);

function newZstd(): Decompress {
  const zstd = new BoundedZstd();
  return (block, limit) => zstd.decompress(block, limit);
}

export function decompressor(compressorId: number): Decompress | undefined {
  return byId.get(compressorId)?.();
}
