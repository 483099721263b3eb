import type { Config } from '../../config/config';
import type { RequestOf } from '../../contract/request';
import { type revokeBody, revocationJson } from '../../contract/revocation';
import { DomainError } from '../../core/errors';
import type { RevokeRequest } from '../../ports/certificates';
import { AdminClient } from '../kernel/admin-client';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { judgingFile } from '../kernel/input-file';
import { pemText } from '../kernel/pem-text';
import { parseAnswer } from '../kernel/server-answer';

interface Flags {
  readonly reason?: string;
  readonly file?: string;
  readonly json?: boolean;
}

/**
 * Asks a running server to revoke a certificate.
 * @throws ServerRefusal; DomainError `configuration` for a name: only the folder shows all certificates made for it
 */
export async function revokeRemotely(
  context: CliContext,
  config: Config,
  target: RevokeRequest,
  { reason, file, json }: Flags,
): Promise<void> {
  if ('which' in target) {
    throw new DomainError('configuration', '--remote needs --serial or --file', {
      remedy: `Find the serial with: cert list --remote. To revoke the certificate that the device is using now: device revoke ${target.which}`,
    });
  }
  const which =
    'serial' in target
      ? { serial: target.serial }
      : { certificate: pemText(target.certificate, 'CERTIFICATE') };
  const client = await AdminClient.open(context, config);
  const answer = await judgingFile(file, () =>
    client.post<RequestOf<typeof revokeBody>>('/api/revocations', { ...which, reason }),
  );
  if (json === true) {
    printJson(context, answer);
    return;
  }
  print(context, parseAnswer(revocationJson.pick({ serial: true }), answer).serial);
  talk(context, 'Takes effect at once: the server refuses it and closes its open connections.');
}
