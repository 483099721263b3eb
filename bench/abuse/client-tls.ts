import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The certificate and key that a device uses, and its CA. */
export interface ClientTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/** @param folder with `certs` in it */
export function readClientTls(folder: string, device: string): ClientTls {
  const read = (name: string) => readFileSync(path.join(folder, 'certs', name));
  return { cert: read(`devices/${device}.crt`), key: read(`devices/${device}.key`), ca: read('ca.crt') };
}
