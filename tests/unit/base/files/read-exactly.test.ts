import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ReadableFile, readExactly, readExactlySync } from '../../../../src/base/files/read-exactly';
import { temporaryFolder } from '../../../support/programs';

const bytes = Buffer.from('0123456789');

/** Gives no more than three bytes at a time. */
const slow: ReadableFile = {
  read: (buffer, offset, length, position) => {
    const end = position + Math.min(3, length);
    return Promise.resolve({ bytesRead: bytes.copy(buffer, offset, position, end) });
  },
};

it('goes on until it has all', async () => {
  expect((await readExactly(slow, 0, 10)).toString()).toBe('0123456789');
  expect((await readExactly(slow, 5, 5)).toString()).toBe('56789');
  expect(await readExactly(slow, 10, 0)).toHaveLength(0);
});

it('gives nothing when the file ends before', async () => {
  for (const [position, length] of [
    [0, 11],
    [9, 2],
    [10, 1],
    [20, 1],
  ] as const)
    await expect(readExactly(slow, position, length)).rejects.toThrow();
});

it('reads a file', async () => {
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, bytes);
  const handle = await open(file);
  expect((await readExactly(handle, 2, 6)).toString()).toBe('234567');
  await expect(readExactly(handle, 2, 9)).rejects.toThrow();
  await handle.close();
});

it('reads into the memory that it is given, which may be longer', async () => {
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, '0123456789');
  const handle = await open(file);
  const memory = Buffer.alloc(8);
  const found = readExactlySync(handle.fd, 2, 6, memory);
  expect([found.toString(), found.buffer === memory.buffer]).toEqual(['234567', true]);
  expect(readExactlySync(handle.fd, 1, 3).toString()).toBe('123');
  expect(memory.toString()).toBe('234567\0\0');
  await handle.close();
});
