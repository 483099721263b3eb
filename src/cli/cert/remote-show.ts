import { certificatesJson, type CertificatesJson } from '../../contract/certificate';
import type { Read } from '../../contract/reader';
import { parseSerial } from '../../core/certificate';
import { DomainError } from '../../core/errors';
import type { AdminClient } from '../kernel/admin-client';
import { parseAnswer } from '../kernel/server-answer';
import { listRemote } from './remote-list';

type Known = Read<CertificatesJson>;
type OwnCertificate = NonNullable<Known['ca']> | NonNullable<Known['server']>;

/** The longest text that a list can be searched by. */
const longestSearch = 100;

/** A certificate that a running server knows, and its owner. */
export type RemoteShown =
  | ({ readonly role: 'device' } & Known['devices'][number])
  | ({ readonly role: 'ca' | 'server'; readonly revoked_at: null } & OwnCertificate);

/**
 * The certificates of a running server that a name refers to.
 * @param which a device id, a serial as people copy it, `ca` or `server`
 * @throws ServerRefusal; DomainError `not-found`, `unavailable`
 */
export async function showRemote(
  client: Pick<AdminClient, 'get'>,
  which: string,
): Promise<readonly RemoteShown[]> {
  const serial = serialOf(which);
  for (const search of new Set([which, serial ?? which])) {
    const answer = await listRemote(client, { search: search.slice(0, longestSearch) });
    const shown = meantBy(parseAnswer(certificatesJson, answer), which, serial);
    if (shown.length > 0) return shown;
  }
  throw new DomainError(
    'not-found',
    `the server knows no certificate ${JSON.stringify(which.slice(0, 100))}`,
    {
      remedy:
        'Use a device id or serial from: cert list --remote. A file is read on this machine: leave out --remote.',
    },
  );
}

/** `null` for a name. */
function serialOf(which: string): string | null {
  try {
    return parseSerial(which);
  } catch {
    return null;
  }
}

function meantBy(
  { ca, server, devices }: Known,
  which: string,
  serial: string | null,
): readonly RemoteShown[] {
  const own = [
    ...(ca === null ? [] : [{ role: 'ca' as const, revoked_at: null, ...ca }]),
    ...(server === null ? [] : [{ role: 'server' as const, revoked_at: null, ...server }]),
  ];
  return [
    ...own.filter((one) => one.role === which || one.serial === serial),
    ...devices
      .filter((one) => one.device === which || one.serial === serial)
      .map((one) => ({ role: 'device' as const, ...one })),
  ];
}
