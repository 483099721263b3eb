import type { Reasons } from './reason-words';

export const serverReasons = {
  'configuration-invalid': {
    code: 'configuration',
    says: ({ count, lines }: { count: number; lines: readonly string[] }) =>
      `${count === 1 ? 'A configuration value is' : `${count} configuration values are`} not valid:\n${lines.join('\n')}`,
    remedy: 'Correct the values above. `rauc-simple-server serve --help` lists every option.',
  },
  'data-folder-in-use': {
    code: 'configuration',
    says: ({ dataDir, pid }: { dataDir: string; pid: number | null }) =>
      `another server${pid === null ? '' : ` (process ${pid})`} is running on ${dataDir}`,
    remedy: 'Stop it first, or use another DATA_DIR for this one.',
  },
  'process-not-started': {
    code: 'configuration',
    says: ({ number }: { number: number }) => `process ${number} could not be started`,
    remedy: 'Its own message is above.',
  },
  'keyring-empty': {
    code: 'configuration',
    says: () => 'the keyring has no certificate',
    remedy: 'Set BUNDLE_KEYRING to the PEM file that your devices use as [keyring] path.',
  },
  'keyring-part-unreadable': {
    code: 'configuration',
    says: ({ part }: { part: 'certificate' | 'revocation-list' }) =>
      `a ${part === 'certificate' ? 'certificate' : 'revocation list'} in the keyring cannot be read`,
    remedy: 'Set BUNDLE_KEYRING to the PEM file that your devices use as [keyring] path.',
  },
  'keyring-unreadable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `cannot read the keyring ${file}`,
    remedy: 'Set BUNDLE_KEYRING to the PEM file that your devices use as [keyring] path.',
  },
  'device-tls-unusable': {
    code: 'configuration',
    says: () => "the device listener's certificate, key or CA cannot be used",
    remedy: 'Check the folder with: cert verify.',
  },
  'device-port-unusable': {
    code: 'configuration',
    says: ({ host, port, reason }: { host: string; port: number; reason: string }) =>
      `the device listener cannot use ${host} port ${port}: ${reason}`,
    remedy: 'Stop the program that uses it, or set DEVICE_HOST and DEVICE_PORT.',
  },
  'hawkbit-port-unusable': {
    code: 'configuration',
    says: ({ host, port, reason }: { host: string; port: number; reason: string }) =>
      `the listener for hawkBit's clients cannot use ${host} port ${port}: ${reason}`,
    remedy: 'Stop the program that uses it, or set HAWKBIT_HOST and HAWKBIT_PORT.',
  },
  'admin-token-missing': {
    code: 'configuration',
    says: ({ adminHost }: { adminHost: string }) =>
      `ADMIN_HOST is ${adminHost}, not loopback, and there is no admin token`,
    remedy:
      'Create one first: rauc-simple-server token create me --scope admin. Or leave ADMIN_HOST at 127.0.0.1.',
  },
  'ca-expired-in-use': {
    code: 'configuration',
    says: () => 'the CA in ca.crt has expired',
    remedy: 'Create a new one with: cert ca --force, then a server certificate and device certificates.',
  },
  'admin-port-unusable': {
    code: 'configuration',
    says: ({ adminHost, adminPort, reason }: { adminHost: string; adminPort: number; reason: string }) =>
      `the admin listener cannot use ${adminHost} port ${adminPort}: ${reason}`,
    remedy: 'Stop the program that uses it, or set ADMIN_HOST and ADMIN_PORT.',
  },
} satisfies Reasons;
