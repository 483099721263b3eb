import { counted } from '../../base/text/counted';
import { quoteWord } from '../../base/text/quote-word';
import type { Reasons } from './reason-words';

export const accessReasons = {
  'not-a-token-name': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `${JSON.stringify(name)} is not a token name`,
    remedy: 'Use 1 to 64 letters, digits and ". _ -".',
  },
  'token-name-taken': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `there is, or was, a token named ${name}`,
    remedy: 'Choose another name: the history identifies tokens by name.',
  },
  'no-such-token': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `there is no token ${JSON.stringify(name)}`,
    remedy: 'List the tokens to see their names.',
  },
  'too-many-wrong-tokens': {
    code: 'too-many-requests',
    says: () => 'too many wrong tokens from this address',
    remedy: ({ retryAfterSeconds }: { retryAfterSeconds: number }) =>
      `Check the token. The right one is accepted at once; retry another in ${counted(retryAfterSeconds, 'second')}.`,
  },
  'token-unknown-or-revoked': {
    code: 'unauthenticated',
    says: () => 'the token is unknown or revoked',
    remedy: 'Create a new one with `rauc-simple-server token create`.',
  },
  'token-needed': {
    code: 'unauthenticated',
    says: () => 'a token is required',
    remedy: 'Send "Authorization: Bearer <token>". Create a token with `rauc-simple-server token create`.',
  },
  'scope-needed': {
    code: 'forbidden',
    says: ({ name, scope, needed }: { name: string; scope: string | undefined; needed: string }) =>
      `the token ${name} has the scope ${scope ?? 'none'}; this requires ${needed}`,
    remedy: ({ needed }: { needed: string }) => `Use a token with the scope ${needed}.`,
  },
  'page-not-named': {
    code: 'forbidden',
    says: () => 'the request does not say which page it comes from, which a browser session requires',
    remedy: 'Use this server\'s page. Programs send "Authorization: Bearer <token>" instead of a cookie.',
  },
  'not-a-device-token': {
    code: 'invalid-input',
    says: () => 'this cannot be the token of a device',
    remedy: ({ minLength, maxLength }: { minLength: number; maxLength: number }) =>
      `Use ${minLength} to ${maxLength} printable ASCII characters without spaces, or let the server make one.`,
  },
  'overlap-too-long': {
    code: 'invalid-input',
    says: () => 'the overlap must be between 0 seconds and one year',
  },
  'device-token-taken': {
    code: 'conflict',
    says: ({ holder }: { holder: string }) => `${holder} already has a token`,
    remedy: 'Rotate it: the old one then stays valid for a while.',
  },
  'no-such-device-token': {
    code: 'not-found',
    says: ({ holder }: { holder: string }) => `${holder} has no token`,
    remedy: 'Create one.',
  },
  'device-token-needed': {
    code: 'unauthenticated',
    says: () => 'a token is required',
    remedy:
      'Set auth_token or gateway_token in the client\'s configuration: it sends "Authorization: TargetToken <token>" or "GatewayToken <token>".',
  },
  'device-token-refused': {
    code: 'unauthenticated',
    says: () => 'this is not the token of this device, nor that of the gateway',
    remedy: "Compare the target name and the token in the client's configuration with those of the server.",
  },
  'controller-certificate-refused': {
    code: 'unauthenticated',
    says: () => 'the proxy names another device, or an issuer that is not trusted',
    remedy: "Compare the target name with the certificate's, and HAWKBIT_AUTHORITIES with its issuer.",
  },
  'too-many-wrong-device-tokens': {
    // Not 429, after which clients repeat a report at once: the token would still be wrong.
    code: 'unauthenticated',
    says: () => 'too many wrong tokens from this address',
    remedy: "Correct the token in the client's configuration: the right one is accepted at once.",
  },
  'device-tokens-unreadable': {
    code: 'unavailable',
    says: () => 'the server cannot read its tokens',
    remedy: "See the server's log.",
  },
  'token-key-missing': {
    code: 'configuration',
    says: ({ path }: { path: string }) => `${path}, which unseals the tokens of devices, is missing`,
    remedy:
      'Restore it from the backup of the certificates folder. If it is lost, remove the tokens with HAWKBIT_PORT unset (rauc-simple-server device token remove --all), then create or import new ones.',
  },
  'token-key-not-made': {
    code: 'configuration',
    says: ({ path }: { path: string }) =>
      `${path}, which seals secrets of devices, is missing, and servers that share a database do not change this folder`,
    remedy: ({ path }: { path: string }) =>
      `Copy it from another server or a backup. If there never was one, create it and copy it to each server: (umask 077; openssl rand -hex 32 > ${quoteWord(path)})`,
  },
  'token-key-damaged': {
    code: 'configuration',
    says: ({ path }: { path: string }) => `${path}, which unseals the tokens of devices, is damaged`,
    remedy: 'Restore it from the backup of the certificates folder.',
  },
  'token-key-wrong': {
    code: 'configuration',
    says: ({ path }: { path: string }) => `${path} does not open a token in the database`,
    remedy:
      'Restore the key that belongs to this database from the backup of the certificates folder. If it is the right key, someone changed the database: remove the token and create a new one.',
  },
  'access-ended-during-export': {
    code: 'unauthenticated',
    says: () => 'the token was revoked, or the session ended, during the export',
  },
} satisfies Reasons;
