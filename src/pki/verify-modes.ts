import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFinding } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { error, warning } from './folder-finding';
import { findOpenKey } from './key-modes';

/** Only their owner may access keys and the folder they are in. */
export async function verifyModes(folder: string, names: readonly string[]): Promise<FolderFinding[]> {
  const findings: FolderFinding[] = [];
  for (const name of names.filter((candidate) => /\.key(\..*\.old)?$/.test(candidate))) {
    const finding = await findOpenKey(join(folder, name));
    if (finding !== undefined) findings.push(finding);
  }
  const { mode } = await stat(folder);
  const remedy = circumstance('run-chmod', { mode: '700', path: folder });
  if ((mode & 0o022) !== 0) findings.push(error(folder, circumstance('folder-writable'), remedy));
  else if ((mode & 0o077) !== 0) findings.push(warning(folder, circumstance('folder-readable'), remedy));
  return findings;
}
