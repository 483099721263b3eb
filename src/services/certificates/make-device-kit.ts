import { circumstance } from '../../core/circumstances/catalogue';
import type { Readable } from 'node:stream';
import { hostOfUrl } from '../../base/text/host-of-url';
import type { IssuedFiles, IssueOptions } from '../../core/certificate';
import type { Why } from '../../core/reasons/why';
import { parseDeviceId } from '../../core/device';
import { DomainError } from '../../core/errors';
import { parseCompatible } from '../../core/bundle';
import type { KitClient, KitPolling } from '../../core/kit-polling';
import type { CertificateFolder, DeviceFiles, ReadKitText } from '../../ports/certificates';
import { listKitFiles } from './kit-files';
import { packKit } from './pack-kit';
import type { Clock } from '../../ports/clock';

export interface KitRequest extends IssueOptions {
  readonly id: string;
  /** The URL by which the device reaches the server, without a trailing slash. */
  readonly serverUrl: string;
  readonly compatible?: string;
  /** Default `script`. */
  readonly polling?: KitPolling;
  /** Default `rauc`. */
  readonly client?: KitClient;
  /** A certificate request for the key that the device has. */
  readonly csrPem?: string | Uint8Array;
  /** Whether others cannot read the kit on its way; true if left out. Otherwise a kit that would contain a key is refused. */
  readonly mayHoldKey?: boolean;
}

export interface MadeKit {
  /** Name of the archive. */
  readonly fileName: string;
  /** The `.tar.gz`. */
  readonly archive: Readable;
  /** Paths in the archive. */
  readonly files: readonly string[];
  readonly hasKey: boolean;
  /** What the user should know; usually empty. */
  readonly warnings: readonly Why[];
  /** Whether there was a server certificate here to check against the kit. */
  readonly isServerChecked: boolean;
  /** What was issued for the kit; `null` if the device already had a certificate. */
  readonly issued: IssuedFiles | null;
}

/**
 * Makes everything a device needs, with its existing certificate or a new one. Issues nothing for a kit that could not connect.
 * @throws DomainError `invalid-input`, `forbidden` (a private key that others could read), `conflict`, `certificate-refused`, `configuration`, `storage-full`
 */
export type MakeDeviceKit = (request: KitRequest) => Promise<MadeKit>;

export interface KitPorts {
  readonly certificates: Pick<CertificateFolder, 'createDevice' | 'findServerTrust' | 'readDevice'>;
  readonly readText: ReadKitText;
  readonly now: Clock;
}

export function createMakeDeviceKit({ certificates, readText, now }: KitPorts): MakeDeviceKit {
  return async (request) => {
    const id = parseDeviceId(request.id);
    const compatible = request.compatible === undefined ? null : parseCompatible(request.compatible);
    const { serverUrl, polling = 'script', client = 'rauc' } = request;
    if (client === 'hawkbit' && polling === 'native') throw DomainError.of('kit-polls-twice');
    const trust = await certificates.findServerTrust(hostOfUrl(serverUrl));
    const found = request.force === true ? null : await certificates.readDevice(id);
    if (found !== null) checkExisting(found, request, compatible, now());
    const willHoldKey = found === null ? request.csrPem === undefined : found.keyPem !== null;
    if (willHoldKey && request.mayHoldKey === false) throw keyInTheOpen(id);
    const issued = found === null ? await issue(request) : null;
    const { certificatePem, keyPem, ...device } = found ?? (await readIssued(id));
    const extraRoot = trust?.extraRoot ?? null;
    const caPem = extraRoot === null ? device.caPem : withRoot(device.caPem, extraRoot.pem);
    const files = await listKitFiles(
      { id, serverUrl, compatible, polling, client, caPem, certificatePem, keyPem },
      readText,
    );
    const folder = kitName(id);
    return {
      fileName: `${folder}.tar.gz`,
      archive: packKit(files, folder, now()),
      files: files.map(({ path }) => path),
      hasKey: keyPem !== null,
      warnings: [
        ...(polling === 'native' ? [circumstance('kit-native-polling')] : []),
        ...(extraRoot === null ? [] : [circumstance('kit-extra-root', { name: extraRoot.name })]),
      ],
      isServerChecked: trust !== null,
      issued,
    };
  };

  function issue({ id, compatible, csrPem, days, key, force }: KitRequest): Promise<IssuedFiles> {
    return certificates.createDevice({
      id,
      ...(compatible === undefined ? {} : { compatibles: [compatible] }),
      ...(csrPem === undefined ? {} : { csrPem }),
      ...(days === undefined ? {} : { days }),
      ...(key === undefined ? {} : { key }),
      ...(force === undefined ? {} : { force }),
    });
  }

  async function readIssued(id: string): Promise<DeviceFiles> {
    const files = await certificates.readDevice(id);
    if (files === null) throw new Error(`the certificate of ${id} was issued and is not there`);
    return files;
  }
}

function keyInTheOpen(id: string): DomainError {
  return DomainError.of('kit-key-in-the-open', { deviceId: id });
}

/** The name of a kit: its folder, and its archive without the `.tar.gz`. */
export function kitName(id: string): string {
  return `device-kit-${id}`;
}

function withRoot(caPem: string, rootPem: string): string {
  return `${caPem.trimEnd()}\n${rootPem}`;
}

/** An existing certificate is used as it is, so options for a new one are refused instead of silently ignored. */
function checkExisting(
  { certificate, revokedAt }: DeviceFiles,
  { csrPem, days, key }: KitRequest,
  compatible: string | null,
  at: Date,
): void {
  const { commonName, compatibles, notAfter } = certificate;
  if (revokedAt !== null) {
    throw DomainError.of('kit-certificate-revoked', { commonName });
  }
  if (notAfter <= at) throw DomainError.of('kit-certificate-expired', { commonName });
  if (csrPem !== undefined) throw DomainError.of('kit-request-not-signed', { commonName });
  if (days !== undefined || key !== undefined) throw DomainError.of('kit-certificate-stays', { commonName });
  if (compatible !== null && compatibles.length > 0 && !compatibles.includes(compatible)) {
    throw DomainError.of('kit-certificate-bound', { commonName, compatibles });
  }
}
