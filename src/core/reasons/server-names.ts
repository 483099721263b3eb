import type { Reasons } from './reason-words';

const renew = 'Create it again with: cert server --force.';

/** About the server's own certificate. */
export const serverNameReasons = {
  'name-added-and-dropped': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `${name} cannot be both added and dropped`,
    remedy: 'Give it only once: with --name or --ip, or with --drop-name.',
  },
  'host-of-url-dropped': {
    code: 'invalid-input',
    says: ({ host }: { host: string }) => `${host} cannot be dropped: it is the host of SERVER_URL`,
    remedy: 'Change SERVER_URL first, on the server and in the configuration of the devices.',
  },
  'dropped-name-not-covered': {
    code: 'invalid-input',
    says: ({ name }: { name: string; covered: readonly string[] }) =>
      `the server certificate does not cover ${JSON.stringify(name)}`,
    remedy: ({ covered }: { covered: readonly string[] }) =>
      covered.length === 0
        ? 'Leave out --drop-name.'
        : `Use a name or address from the certificate: ${covered.join(', ')}.`,
  },
  'host-not-covered': {
    code: 'conflict',
    says: ({ host, isOfUrl }: { host: string; isOfUrl: boolean; names: readonly string[]; option: string }) =>
      `the server certificate does not cover ${host}${isOfUrl ? ', the host of SERVER_URL' : ''}`,
    remedy: ({ names, option }: { names: readonly string[]; option: string }) =>
      `${names.length === 0 ? 'It does not cover any host.' : `It covers ${names.join(', ')}.`} Add it: rauc-simple-server cert server ${option} --force`,
  },
  'not-a-dns-name': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not a DNS name`,
    remedy: 'Use a name such as updates.example.com or *.example.com, and --ip for addresses.',
  },
  'not-a-server-address': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not an IP address`,
    remedy: 'Use an address such as 192.0.2.7 or 2001:db8::7, without a zone.',
  },
  'server-without-name': {
    code: 'invalid-input',
    says: () => 'a server certificate needs a name or address',
  },
  'server-file-missing': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is missing`,
    remedy: 'Restore it from a backup, or create it with: cert server.',
  },
  'file-to-renew-missing': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is missing`,
    remedy: 'Restore it from a backup.',
  },
  'server-key-of-another': {
    code: 'configuration',
    says: ({ key, certificate }: { key: string; certificate: string }) =>
      `${key} is not the key of the certificate in ${certificate}`,
    remedy: `Restore the matching pair of files (the server's own certificate comes first). ${renew}`,
  },
  'ca-of-server-expired': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `the CA in ${file} has expired`,
    remedy: 'Create a new one with: cert ca --force, then a server certificate and device certificates.',
  },
  'server-certificate-expired': {
    code: 'configuration',
    says: ({ file, at }: { file: string; at: string }) => `${file} expired on ${at}`,
    remedy: renew,
  },
  'not-a-server-certificate': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is not a server certificate`,
    remedy: `Its extended key usage must allow serverAuth, and it must not be a CA. ${renew}`,
  },
  'server-of-unknown-ca': {
    code: 'conflict',
    says: ({ issuer }: { issuer: string }) =>
      `the server certificate is from ${issuer}, a CA that is not in ca.crt: a device with this kit could not connect`,
    remedy:
      'Create one with the CA in ca.crt: rauc-simple-server cert server --force. Or, if devices should trust that CA, add the CAs above it to server.crt, up to the root.',
  },
  'server-refused-by-devices': {
    code: 'conflict',
    says: ({ file, verdict }: { file: string; verdict: string }) =>
      `a device with this kit could not connect: it would refuse ${file} (OpenSSL says ${verdict})`,
    remedy:
      'Check it with: rauc-simple-server cert verify. Then create it again: rauc-simple-server cert server --force.',
  },
} satisfies Reasons;
