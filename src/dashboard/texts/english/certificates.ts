import { formatCount } from '../../locale';

const inDays = (days: number) => (days === 0 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`);

export const certificates = {
  ca: 'Certificate authority',
  subject: 'Subject',
  expires: 'Expires',
  fingerprint: 'SHA-256 fingerprint',
  key: 'Its key',
  keyIsHere: 'is on this server',
  keyIsElsewhere: 'is not on this server',
  server: 'Server certificate',
  names: 'Names that devices may use',
  noCa: 'There is no CA yet. Make one, or take over one that you have:',
  caCommand: 'rauc-simple-server cert ca --name "Acme devices"',
  noServer: 'The device listener has no certificate yet:',
  serverExpires: (days: number) =>
    days < 0
      ? 'The server certificate has expired: devices refuse to talk to this server. Renew it:'
      : `The server certificate expires ${inDays(days)}; devices will refuse it then. Renew it:`,
  serverRenewHint: 'A running server takes it over by itself.',
  caExpires: (days: number) =>
    days < 0
      ? 'The CA has expired: no device can connect. A new one means new certificates for all devices:'
      : `The CA expires ${inDays(days)}. A new one means new certificates for all devices:`,
  caRenewCommand: 'rauc-simple-server cert ca --force',
  daysLeft: (days: number) =>
    days < 0
      ? `${-days} ${days === -1 ? 'day' : 'days'} ago`
      : days === 0
        ? 'less than a day left'
        : `${formatCount(days)} ${days === 1 ? 'day' : 'days'} left`,
  devices: 'Device certificates',
  search: 'Search',
  searchHint: 'Device or serial',
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
  noneHint: 'A device is known by its certificate. Issue one here, or where the key of the CA is:',
  deviceCommand: (id: string) => `rauc-simple-server cert device ${id}`,
  kitCommand: (id: string, serverUrl: string) =>
    `rauc-simple-server device kit ${id} --server-url ${serverUrl}`,
  exampleDevice: 'board-1',
  noMatch: 'No certificate matches',
  noMatchHint: 'Neither the device nor the serial holds what was searched for.',
  clearSearch: 'Clear the search',
  cannotIssue:
    'The key of the CA is not on this server, so nothing can be issued here. On the machine that has ca.key:',
  renew: 'Renew',
  renewOf: (device: string) => `Renew the certificate of ${device}`,
  renewTitle: (device: string) => `Renew the certificate of ${device}`,
  renewWhat:
    'The server makes a new key and a certificate for it, bound to the same compatible as before; the old files are kept. Bring both to the device in its kit. If the key is not to leave the device, sign its request instead.',
  downloadCa: 'Download ca.crt',
  issue: 'Issue a certificate',
  issueAction: 'Issue the certificate',
  device: 'Device id',
  deviceHint: 'It becomes the common name. Letters, digits and . _ : @ + -',
  days: 'Valid for days',
  keyType: 'Type of the new key',
  keyTypes: { ec: 'EC P-256, fast on small devices', rsa: 'RSA, for old stacks' },
  compatible: 'Bound to the compatible',
  compatibleHint: 'Left empty, the device may be of any.',
  force: 'Replace the certificate that the device has; the old files are kept',
  sign: 'Sign a request',
  signAction: 'Sign the request',
  signHint: 'The device keeps its key: only the public key of its request is taken.',
  csr: 'Certificate signing request (PEM)',
  csrFile: 'Or choose or drop its file',
  csrTooLarge: 'The file is too large to be a request: they have a few kilobytes.',
  issuedTitle: (device: string) => `The certificate of ${device}`,
  issued: (until: string) => `It is issued, and valid until ${until}.`,
  issuedKey: 'Its private key stays on the server, and goes to the device in its kit.',
  pem: 'Certificate (PEM)',
  savePem: 'Save as a file',
  kit: 'Device kit',
  kitOf: (device: string) => `Download the device kit of ${device}`,
  kitTitle: (device: string) => `Device kit for ${device}`,
  kitHint:
    'One archive with all that the board needs and nothing to edit: certificates, an installer, scripts that poll and report. It may hold the private key of the device: hand it over accordingly.',
  kitAction: 'Download the kit',
  serverUrl: 'URL that the device uses to reach this server',
  serverUrlHint: 'https, a host that the server certificate covers, and the port.',
  serverUrlLocal:
    'This name means the device itself when the device uses it. Give one that reaches this server.',
  serverUrlMissed: (names: string) =>
    `The server certificate does not cover this host, so the device would refuse to connect. It covers: ${names === '' ? 'no host' : names}. Use one of these, or add the host:`,
  kitByCommand: 'On the server itself, the command line makes it:',
  kitCompatible: 'Install on this compatible only',
  kitCompatibleHint: 'Left empty, the installer takes any board.',
  kitDone: (device: string) => `The kit for ${device} is downloaded`,
  revoke: 'Revoke',
  revokeOf: (device: string, serial: string) => `Revoke the certificate ${serial} of ${device}`,
  revokeTitle: (device: string) => `Revoke the certificate of ${device}?`,
  revokeWhat: (device: string) =>
    `The connections that ${device} has with this certificate end at once, and with it the device gets nothing any more. This can’t be undone; a new certificate works.`,
  serial: 'Serial',
  reason: 'Reason',
  reasonHint: 'For the list and the journal, such as "key was copied".',
  revokeAction: (device: string) => `Revoke it for ${device}`,
  revoked: (device: string) => `The certificate of ${device} is revoked`,
  revokedSerial: (serial: string) => `The serial ${serial} is revoked`,
  revokeOther: 'Revoke another certificate',
  revokeOtherAction: 'Revoke it',
  revokeOtherWhat:
    'For a certificate that was issued elsewhere, also one that was never seen here. It is refused at once and for good, and its open connections end.',
  revokeOtherOne: 'Give the serial or the certificate, one of the two.',
  serialHint: 'In hex, as openssl x509 -noout -serial prints it.',
  orCertificate: 'Or the certificate itself (PEM)',
  certificateFile: 'Or choose or drop its file',
  certificateTooLarge: 'The file is too large to be a certificate: they have a few kilobytes.',
  revocations: 'Revoked certificates',
  revokedCommand: 'rauc-simple-server cert revoked',
  refused: 'Refused since the server started',
  refusedHint:
    'Certificates that devices came with and were not let in, and what to do about each. Those that a CA of this server signed come first.',
  refusedCommand: 'rauc-simple-server cert refused',
  unreadable: 'a certificate that cannot be read',
  refusedWhy: 'Reason and remedy',
  issuer: 'Issuer',
  address: 'Address',
  times: 'Times',
  lastRefused: 'Last',
  neverSeen: 'not known',
  revokedAt: (day: string) => `revoked on ${day}`,
};
