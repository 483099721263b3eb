import { pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { KitFile } from './kit-files';

/**
 * Packs files into a `.tar.gz`; the same files and time give the same bytes.
 * @param folder to put them in
 * @param at modification time of all entries
 */
export function packKit(files: readonly KitFile[], folder: string, at: Date): Readable {
  const archive = pack();
  const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: at };
  for (const { path, mode, content } of files) {
    archive.entry({ ...owner, name: `${folder}/${path}`, mode }, content);
  }
  archive.finalize();
  // Errors reach the reader of the returned stream.
  return pipeline(archive, createGzip({ level: 9 }), () => undefined);
}
