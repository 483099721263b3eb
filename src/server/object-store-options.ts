import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Config } from '../config/config';
import { DomainError } from '../core/errors';
import type { S3Address } from '../core/s3-address';
import { locate } from '../store/s3/address';
import type { CredentialSources } from '../store/s3/credentials';
import type { S3Location } from '../store/s3/location';

/** Where the object store is, and who asks it. */
export interface ObjectStoreAccess {
  readonly location: S3Location;
  readonly credentials: CredentialSources;
  /** PEM; `null` for the CAs that Node trusts. */
  readonly ca: string | null;
}

/** @throws DomainError `configuration` when S3_CA cannot be used */
export async function objectStoreAccess(config: Config, address: S3Address): Promise<ObjectStoreAccess> {
  const { s3Endpoint: endpoint, s3Region, awsRegion } = config;
  return {
    location: locate(address, { endpoint, region: s3Region ?? awsRegion }),
    credentials: {
      accessKeyId: config.awsAccessKeyId,
      secretAccessKey: config.awsSecretAccessKey,
      sessionToken: config.awsSessionToken,
      file: config.awsSharedCredentialsFile ?? path.join(homedir(), '.aws', 'credentials'),
      profile: config.awsProfile,
    },
    ca: config.s3Ca === null ? null : await readCa(config.s3Ca),
  };
}

async function readCa(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw DomainError.of('bundle-store-ca', { file }, { cause });
  });
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw DomainError.of('bundle-store-ca', { file });
  return pem;
}
