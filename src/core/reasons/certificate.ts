import type { Reasons } from './reason-words';

const forceNewOne =
  'Issue a new one with --force, which keeps the old files. Or leave out the options for a new certificate.';

export const certificateReasons = {
  'not-a-serial-number': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not a serial number`,
    remedy: 'Give it in hex, as `openssl x509 -noout -serial` prints it.',
  },
  'kit-polls-twice': {
    code: 'invalid-input',
    says: () => "rauc-hawkbit-updater polls the server itself, so its kit cannot use RAUC's own polling",
    remedy: 'Leave out --polling, or "polling" in the API.',
  },
  'kit-certificate-revoked': {
    code: 'conflict',
    says: ({ commonName }: { commonName: string }) =>
      `the certificate of ${commonName} is revoked, so a kit with it would not work`,
    remedy: 'Issue a new one with --force, or "force": true in the API; the old files are kept.',
  },
  'kit-key-in-the-open': {
    code: 'forbidden',
    says: () => 'the kit would contain a private key, and this connection is not encrypted',
    remedy: ({ deviceId }: { deviceId: string }) =>
      `Use https through a proxy that TRUSTED_PROXIES names and that sends X-Forwarded-Proto, or an SSH tunnel to the server's localhost. Or send a request made on the device ("csr", --csr), so that its key stays there. Or run this on the server: rauc-simple-server device kit ${deviceId}.`,
  },
  'not-an-ip-address': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not an IP address`,
  },
  'renewal-failed': {
    code: 'unavailable',
    says: () => 'an unexpected error occurred',
    remedy: "See the server's log.",
  },
  'no-ca': {
    code: 'not-found',
    says: () => 'there is no CA here yet',
    remedy: 'Create one, or import your own: rauc-simple-server cert ca.',
  },
  'ca-key-elsewhere': {
    code: 'conflict',
    says: () => 'the CA key is not on this server, so it cannot issue certificates',
    remedy:
      'Issue on the machine that has ca.key: rauc-simple-server cert device <id>; or put ca.key into CERTS_DIR while you need it.',
  },
  'device-without-certificate': {
    code: 'conflict',
    says: ({ deviceId }: { deviceId: string }) =>
      `${deviceId} has not connected with a certificate yet, so it uses none`,
    remedy:
      'Revoke its certificate by its serial or its file. If it uses a token, remove that: rauc-simple-server device token remove <id>.',
  },
  'key-and-request-given': {
    code: 'invalid-input',
    says: () => '"key" and "csr" cannot be combined',
    remedy: '"key" generates a new key, "csr" uses an existing one: leave one of them out.',
  },
  'server-url-unset': {
    code: 'conflict',
    says: () => 'SERVER_URL is not set, so the device would not know where its server is',
    remedy: 'Set SERVER_URL and restart the server, or send "server_url".',
  },
  'server-url-invalid': {
    code: 'invalid-input',
    says: () => 'server_url is not a URL',
  },
  'certificate-named-ambiguously': {
    code: 'invalid-input',
    says: () => 'name exactly one certificate',
    remedy: 'Send "serial", "certificate", or "device" for the certificate it is using now.',
  },
  'kit-certificate-expired': {
    code: 'conflict',
    says: ({ commonName }: { commonName: string }) =>
      `${commonName} has a certificate already, and it has expired`,
    remedy: forceNewOne,
  },
  'kit-request-not-signed': {
    code: 'conflict',
    says: ({ commonName }: { commonName: string }) =>
      `${commonName} has a certificate already: the request would not be signed`,
    remedy: forceNewOne,
  },
  'kit-certificate-stays': {
    code: 'conflict',
    says: ({ commonName }: { commonName: string }) =>
      `${commonName} has a certificate already: its validity and key stay as they are`,
    remedy: forceNewOne,
  },
  'kit-certificate-bound': {
    code: 'conflict',
    says: ({ commonName, compatibles }: { commonName: string; compatibles: readonly string[] }) =>
      `${commonName} has a certificate already, which is bound to ${compatibles.join(', ')}`,
    remedy: forceNewOne,
  },
} satisfies Reasons;
