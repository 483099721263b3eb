import { readdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { Circumstance } from '../core/reasons/why';
import { readCertificates } from './certificate-pem';
import { readIfExists } from './durable-file';
import { exists } from './file-pair';
import type { FolderContext } from './folder-context';
import { issueCa } from './issue-ca';
import { issueServer } from './issue-server';
import { namesOf } from './plan-server-names';
import { readPrivateKey, type KeyPair } from './private-key';
import { defaultServerNames } from './server-names';
import { systemContext } from './system-context';

/**
 * Creates the CA and the server certificate that a first start needs, and changes nothing that exists. Two starts may run at
 * once, and a start may follow one that was killed.
 * @param options `hosts`: names and addresses for the certificate, besides the machine's own; `shared`: what other servers know, if
 * several share a database
 * @returns what it created
 * @throws DomainError `configuration` when something is missing that cannot be created here
 */
export async function ensureCertificates(
  dir: string,
  { hosts, ...options }: { readonly hosts: readonly string[] } & Pick<FolderContext, 'now' | 'shared'>,
): Promise<Circumstance[]> {
  const context = systemContext({ dir, ...options });
  const made: Circumstance[] = [];
  if (await exists(join(dir, 'server.crt'))) return made;
  if (!(await exists(join(dir, 'ca.crt')))) made.push(...(await makeCa(context)));
  made.push(...(await makeServer(context, hosts)));
  return made;
}

async function makeCa(context: FolderContext): Promise<Circumstance[]> {
  const { dir } = context;
  const lonelyKey = await readKey(join(dir, 'ca.key'));
  if (lonelyKey !== undefined && (await hasDevices(dir))) {
    throw DomainError.of('ca-lost', { file: join(dir, 'ca.crt') });
  }
  const isMade = await unlessAlreadyMade(() => issueCa(context, {}, { lonelyKey }));
  const files = { certificate: join(dir, 'ca.crt'), key: join(dir, 'ca.key') };
  return isMade ? [circumstance('ca-created', files)] : [];
}

async function makeServer(context: FolderContext, hosts: readonly string[]): Promise<Circumstance[]> {
  const { dir } = context;
  const own = defaultServerNames();
  const plain = hosts.map((host) => host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''));
  const hostNames = [...plain, ...(await keptNames(dir))];
  const names = [...own.names, ...hostNames.filter((host) => isIP(host) === 0)];
  const ips = [...own.ips, ...hostNames.filter((host) => isIP(host) !== 0)];
  const lonelyKey = await readKey(join(dir, 'server.key'));
  const isMade = await unlessAlreadyMade(() => issueServer(context, { names, ips }, { lonelyKey }));
  return isMade ? [circumstance('server-certificate-created', { file: join(dir, 'server.crt') })] : [];
}

const keptCertificate = /^server\.crt\.\d{8}T\d{6}Z(-\d+)?\.old$/;

/** Names of the certificate that a killed command was replacing: devices use them. */
async function keptNames(dir: string): Promise<string[]> {
  const kept = (await readdir(dir).catch(() => [])).filter((name) => keptCertificate.test(name)).sort();
  const path = join(dir, kept.at(-1) ?? '');
  const pem = kept.length === 0 ? undefined : await readIfExists(path);
  if (pem === undefined) return [];
  try {
    return readCertificates(pem, path, 'configuration')
      .slice(0, 1)
      .flatMap(namesOf)
      .map(({ value }) => value);
  } catch {
    return []; // not a certificate: nothing is lost with it
  }
}

/** @returns false when another process that starts at the same time was faster */
async function unlessAlreadyMade(make: () => Promise<unknown>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict') return false;
    throw error;
  }
}

/** Reads a key without its certificate: the key is made first, so a start was killed at this point. */
async function readKey(path: string): Promise<KeyPair | undefined> {
  const pem = await readIfExists(path);
  return pem === undefined ? undefined : readPrivateKey(pem, path, 'configuration');
}

async function hasDevices(dir: string): Promise<boolean> {
  return (await readdir(join(dir, 'devices')).catch(() => [])).length > 0;
}
