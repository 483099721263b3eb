import { pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { KitFile } from './kit-files';

/**
 * Packs files into a `.tar.gz`: the same bytes for the same files and time.
 * @param folder that they are put in
 * @param at when everything in it was changed last
 */
export function packKit(files: readonly KitFile[], folder: string, at: Date): Readable {
  const archive = pack();
  const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: at };
  for (const { path, mode, content } of files) {
    archive.entry({ ...owner, name: `${folder}/${path}`, mode }, content);
  }
  archive.finalize();
  // What goes wrong reaches the reader of the stream that is returned.
  return pipeline(archive, createGzip({ level: 9 }), () => undefined);
}
