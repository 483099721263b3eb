import type { Reasons } from './reason-words';

export const serverReasons = {
  'keyring-empty': {
    code: 'configuration',
    says: () => 'the keyring has no certificate',
    remedy: 'Set BUNDLE_KEYRING to the PEM file that your devices use as [keyring] path.',
  },
  'keyring-unreadable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `the keyring ${file} can't be read`,
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
      `the device listener can't use ${host} port ${port}: ${reason}`,
    remedy: 'Stop what uses it, or choose others with DEVICE_HOST and DEVICE_PORT.',
  },
  'admin-token-missing': {
    code: 'configuration',
    says: ({ adminHost }: { adminHost: string }) =>
      `ADMIN_HOST is ${adminHost}, not loopback, and there is no admin token`,
    remedy:
      'Make one first: rauc-simple-server token create me --scope admin. Or leave ADMIN_HOST on 127.0.0.1.',
  },
  'ca-expired-in-use': {
    code: 'configuration',
    says: () => 'the CA in ca.crt has expired',
    remedy: 'Make a new one with: cert ca --force, then a server certificate and device certificates.',
  },
  'admin-port-unusable': {
    code: 'configuration',
    says: ({ adminHost, adminPort, reason }: { adminHost: string; adminPort: number; reason: string }) =>
      `the admin listener can't use ${adminHost} port ${adminPort}: ${reason}`,
    remedy: 'Stop what uses it, or choose others with ADMIN_HOST and ADMIN_PORT.',
  },
} satisfies Reasons;
