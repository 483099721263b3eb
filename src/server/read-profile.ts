import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config';
import { DomainError } from '../core/errors';
import { parseKeyring } from '../rauc/keyring';
import type { VerificationProfile } from '../rauc/profile';

/** How devices verify bundles, as configured. @throws DomainError `configuration` */
export async function readProfile(config: Config): Promise<VerificationProfile> {
  const anchorsPem = config.bundleKeyring === null ? null : await readKeyring(config.bundleKeyring);
  return {
    anchorsPem,
    purpose: config.bundlePurpose,
    allowPartialChain: config.bundlePartialChain,
    checkCrl: config.bundleCheckCrl,
    timeSource: config.bundleTimeSource,
    allowedSignerCns: config.bundleSignerCns,
  };
}

async function readKeyring(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    parseKeyring(pem);
    return pem;
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw DomainError.of('keyring-unreadable', { file }, { cause });
  }
}
