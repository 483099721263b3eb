import { open, readdir, readlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../src/core/bundle';
import type { ReadBundle } from '../../src/services/catalog/read-bundle';
import { openBundleFile } from '../../src/store/files/bundle-file';
import { temporaryFolder } from './programs';

export interface SparseBundle {
  readonly file: string;
  readonly bundle: Bundle;
  /** Serves only this bundle, and opens the file again for each reader. */
  readonly readBundle: ReadBundle;
  /** How often this process has the file open. */
  openFiles(): Promise<number>;
}

/** A file of any size that takes no space on the disk: zeros, with marks at given places. It is not a real bundle. */
export async function makeSparseBundle(
  sizeBytes: number,
  marks: Readonly<Record<number, string>> = {},
): Promise<SparseBundle> {
  const file = path.join(await temporaryFolder(), 'big.raucb');
  const handle = await open(file, 'w');
  for (const [position, text] of Object.entries(marks)) await handle.write(text, Number(position));
  await handle.close();
  await truncate(file, sizeBytes);
  const bundle: Bundle = {
    name: 'big.raucb',
    sha256: 'b'.repeat(64),
    sizeBytes,
    compatible: 'test-board',
    uploadedAt: new Date(Date.UTC(2026, 0, 1)),
    uploadedBy: 'local',
    inspection: {
      verdict: 'unchecked',
      reasons: [],
      warnings: [],
      hints: [],
      format: 'verity',
      encrypted: false,
      sizeBytes,
      payloadSizeBytes: null,
      signatureSizeBytes: null,
      manifestHash: null,
      manifest: null,
      signerChain: [],
      judgedUnder: null,
      recipients: [],
    },
    weakHashes: { sha1: 'b'.repeat(40), md5: 'c'.repeat(32) },
    imageCheck: { state: 'sound' },
  };
  return {
    file,
    bundle,
    readBundle: {
      find: (name) => (name === bundle.name ? bundle : undefined),
      lookFor: () => Promise.resolve(undefined),
      openNow: () => undefined,
      async open() {
        const opened = await openBundleFile(file);
        return { ...opened, sizeBytes, readNow: () => undefined, release: () => void opened.close() };
      },
    },
    async openFiles() {
      const links = (await readdir('/proc/self/fd')).map((fd) =>
        readlink(`/proc/self/fd/${fd}`).catch(() => ''),
      );
      return (await Promise.all(links)).filter((target) => target === file).length;
    },
  };
}
