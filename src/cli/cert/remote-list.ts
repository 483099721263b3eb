import { z } from 'zod';
import { compareNaturally } from '../../base/text/natural-order';
import { certificatesJson } from '../../contract/certificate';
import type { CertificateRole } from '../../core/certificate';
import type { AdminClient } from '../kernel/admin-client';
import { parseAnswer } from '../kernel/server-answer';

/** How many certificates fit into one page. */
const largestPage = 500;

/** The unchanged page, for scripts: it may say more about a certificate. */
const wholePage = certificatesJson
  .pick({ next: true })
  .extend({ devices: z.array(z.unknown()) })
  .loose();

const { ca, server, devices } = certificatesJson.shape;
const dates = { serial: true, not_after: true } as const;
const shown = z.object({
  ca: ca
    .unwrap()
    .pick({ ...dates, subject: true })
    .nullable(),
  server: server
    .unwrap()
    .pick({ ...dates, names: true })
    .nullable(),
  devices: z.array(devices.element.pick({ ...dates, device: true, revoked_at: true })),
});

/** A certificate of a running server, for people. */
export interface RemoteCertificate {
  readonly name: string;
  readonly role: CertificateRole;
  readonly serial: string;
  readonly notAfter: Date;
  readonly revokedAt: Date | null;
}

interface RemoteListRequest {
  /** Sorts the devices' certificates by expiry instead of by device. */
  readonly isByExpiry?: boolean;
  /** Part of the device's id or of the serial. */
  readonly search?: string;
}

/**
 * All certificates that a running server knows, from all pages.
 * @throws ServerRefusal; DomainError `unavailable`
 */
export async function listRemote(
  client: Pick<AdminClient, 'get'>,
  { isByExpiry = false, search }: RemoteListRequest = {},
): Promise<object> {
  const order = `${isByExpiry ? '&sort=expires' : ''}${search === undefined ? '' : `&search=${encodeURIComponent(search)}`}`;
  const all: unknown[] = [];
  let place = '';
  for (;;) {
    const answer = await client.get(`/api/certificates?limit=${largestPage}${order}${place}`);
    const page = parseAnswer(wholePage, answer);
    all.push(...page.devices);
    if (page.next === null) return { ...page, devices: all };
    place = `&after=${encodeURIComponent(page.next)}`;
  }
}

/** The answer of {@link listRemote}: the CA's and the server's first, then devices by name. */
export function remoteCertificates(answer: object): readonly RemoteCertificate[] {
  const read = parseAnswer(shown, answer);
  const listed = [
    ...(read.ca === null ? [] : [{ ...read.ca, role: 'ca' as const, name: read.ca.subject }]),
    ...(read.server === null
      ? []
      : [{ ...read.server, role: 'server' as const, name: read.server.names[0] ?? '-' }]),
    ...read.devices
      .map((one) => ({ ...one, role: 'device' as const, name: one.device }))
      .sort((a, b) => compareNaturally(a.name, b.name)),
  ];
  return listed.map(({ name, role, serial, not_after, ...rest }) => {
    const revoked = 'revoked_at' in rest ? rest.revoked_at : null;
    return {
      name,
      role,
      serial,
      notAfter: new Date(not_after),
      revokedAt: revoked === null ? null : new Date(revoked),
    };
  });
}
