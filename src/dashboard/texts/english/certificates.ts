import { formatCount } from '../../locale';

const inDays = (days: number) => (days === 0 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`);

export const certificates = {
  ca: 'Certificate authority',
  subject: 'Subject',
  expires: 'Expires',
  fingerprint: 'SHA-256 fingerprint',
  key: 'CA key',
  keyIsHere: 'on this server',
  keyIsElsewhere: 'not on this server',
  server: 'Server certificate',
  names: 'Names that devices may use',
  noCa: 'There is no CA yet. Create one, or import your own:',
  caCommand: 'rauc-simple-server cert ca --name "Acme devices"',
  noServer: 'The device listener has no certificate yet:',
  serverExpires: (days: number) =>
    days < 0
      ? 'The server certificate has expired, and devices refuse to connect. Renew it:'
      : `The server certificate expires ${inDays(days)}; devices will then refuse to connect. Renew it:`,
  serverRenewHint: 'A running server picks it up automatically.',
  caExpires: (days: number) =>
    days < 0
      ? 'The CA has expired, and no device can connect. A new CA means new certificates for all devices:'
      : `The CA expires ${inDays(days)}. A new CA means new certificates for all devices:`,
  caRenewCommand: 'rauc-simple-server cert ca --force',
  daysLeft: (days: number) =>
    days < 0
      ? `${-days} ${days === -1 ? 'day' : 'days'} ago`
      : days === 0
        ? 'less than a day left'
        : days < 730
          ? `${formatCount(days)} ${days === 1 ? 'day' : 'days'} left`
          : `about ${Math.round(days / 365.25)} years left`,
  devices: 'Device certificates',
  search: 'Search',
  searchHint: 'Device or serial',
  due: 'Show',
  dues: {
    all: 'all certificates',
    expiring: 'those that expire soon or expired recently',
    old: 'those without a stated purpose',
  },
  columns: {
    device: 'Device',
    state: 'State',
    expires: 'Expires',
    issued: 'Issued',
    serial: 'Serial',
    revoked: 'Revoked',
    actions: 'Actions',
  },
  summary: (shown: string, total: string) => `${shown} of ${total}`,
  none: 'No device has a certificate yet',
  noneHint: 'A device is identified by its certificate. Issue one here, or where the CA key is kept:',
  deviceCommand: (id: string) => `rauc-simple-server cert device ${id}`,
  kitCommand: (id: string, serverUrl: string) =>
    `rauc-simple-server device kit ${id} --server-url ${serverUrl}`,
  exampleDevice: 'board-1',
  noMatch: 'No certificate matches',
  noMatchHint: 'None of the certificates shown has the search text in its device id or serial.',
  showAll: 'Show all certificates',
  cannotIssue:
    'The CA key is not on this server, so it cannot issue certificates. On the machine that has ca.key, run:',
  renew: 'Renew',
  renewOf: (device: string) => `Renew the certificate of ${device}`,
  renewTitle: (device: string) => `Renew the certificate of ${device}`,
  renewWhat:
    'The server generates a new key and certificate, bound to the same compatible as before, and keeps the old files. The device kit carries both to the device. If the key must not leave the device, sign its request instead.',
  downloadCa: 'Download ca.crt',
  issue: 'Issue a certificate',
  issueAction: 'Issue the certificate',
  device: 'Device id',
  deviceHint: 'It becomes the common name. Letters, digits and .\u00a0_\u00a0:\u00a0@\u00a0+\u00a0-',
  days: 'Valid for days',
  keyType: 'Type of the new key',
  keyTypes: { ec: 'EC P-256 (recommended)', rsa: 'RSA (old TLS stacks)' },
  compatible: 'Bound to the compatible',
  compatibleHint: 'Leave empty for any.',
  force: "Replace the device's current certificate; the old files are kept",
  sign: 'Sign a request',
  signAction: 'Sign the request',
  signHint: 'The device keeps its private key. Only the public key is taken from the request.',
  csr: 'Certificate signing request (PEM)',
  csrFile: 'Or choose or drop its file',
  csrTooLarge: 'The file is too large: a request has only a few kilobytes.',
  issuedTitle: (device: string) => `Certificate of ${device}`,
  issued: (until: string) => `Issued, valid until ${until}.`,
  issuedKey: 'Its private key stays on the server. The device kit carries it to the device.',
  pem: 'Certificate (PEM)',
  savePem: 'Save as a file',
  kit: 'Device kit',
  kitOf: (device: string) => `Download the device kit of ${device}`,
  kitTitle: (device: string) => `Device kit for ${device}`,
  kitHint:
    "One archive with everything the board needs: certificates, an installer, and scripts that poll and report. It may contain the device's private key: treat it as a secret.",
  kitAction: 'Download the kit',
  serverUrl: 'URL that the device uses to reach this server',
  serverUrlHint: 'https, a host that the server certificate covers, and the port.',
  serverUrlLocal: 'On the device, this name refers to the device itself. Enter one that reaches this server.',
  serverUrlMissed: (names: string) =>
    `The server certificate does not cover this host, so the device would refuse to connect. It covers: ${names === '' ? 'no host' : names}. Use one of these, or add the host:`,
  kitByCommand: 'On the server itself, you can make it with:',
  kitCompatible: 'Install on this compatible only',
  kitCompatibleHint: 'Leave empty to allow any board.',
  kitDone: (device: string) => `Kit for ${device} downloaded`,
  revoke: 'Revoke',
  revokeOf: (device: string, serial: string) => `Revoke the certificate ${serial} of ${device}`,
  revokeUsedBy: (device: string) => `Revoke the certificate that ${device} uses`,
  revokeTitle: (device: string) => `Revoke the certificate of ${device}?`,
  revokeWhat: (device: string) =>
    `${device} is refused with this certificate from now on, and its open connections are closed. This cannot be undone, but a new certificate works.`,
  serial: 'Serial',
  reason: 'Reason',
  reasonHint: 'Recorded in the list and the journal, such as "key was copied".',
  revokeAction: (device: string) => `Revoke it for ${device}`,
  revoked: (device: string) => `The certificate of ${device} is revoked`,
  revokedSerial: (serial: string) => `The serial ${serial} is revoked`,
  revokeOther: 'Revoke another certificate',
  revokeOtherAction: 'Revoke it',
  revokeOtherWhat:
    'For a certificate that was issued elsewhere, even one never seen here. It is refused at once and permanently, and its open connections are closed.',
  revokeOtherOne: 'Enter either the serial or the certificate.',
  serialHint: 'In hex, as openssl x509 -noout -serial prints it.',
  orCertificate: 'Or the certificate itself (PEM)',
  certificateFile: 'Or choose or drop its file',
  certificateTooLarge: 'The file is too large: a certificate has only a few kilobytes.',
  revocations: 'Revoked certificates',
  revokedCommand: 'rauc-simple-server cert revoked',
  refused: 'Refused since the server started',
  refusedHint:
    "Certificates that were refused, and what to do about each. Those signed by one of this server's CAs come first.",
  refusedCommand: 'rauc-simple-server cert refused',
  unreadable: 'a certificate that cannot be read',
  refusedWhy: 'Reason and remedy',
  issuer: 'Issuer',
  address: 'Address',
  times: 'Count',
  lastRefused: 'Last',
  neverSeen: 'unknown',
  revokedAt: (day: string) => `revoked on ${day}`,
};
