import * as types from './value-types';
import type { ValueType } from './value-types';

/** Who reads an option: the server (and the commands on its folders), or commands that talk to a running server. */
export type OptionScope = 'server' | 'client';

export interface Option<T> {
  /** Name of the environment variable, also in `.env`. */
  readonly env: string;
  readonly type: ValueType<T>;
  /** Of the typed value, where its type has one. */
  readonly unit?: 'bytes' | 'milliseconds';
  /** As one would write it; `null` when there is none. */
  readonly default: string | null;
  /** Never shown, not even when it is wrong. */
  readonly secret?: boolean;
  readonly scope: OptionScope;
  /** For the README and the help: one or two sentences. */
  readonly doc: string;
}

/** An option that always has a value. */
interface OptionWithDefault<T> extends Option<T> {
  readonly default: string;
}

/** Keeps the type of the value, and whether there is a default, for {@link OptionValue}. */
function server<T>(env: string, type: ValueType<T>, defaultText: string, doc: string): OptionWithDefault<T> {
  return { env, type, default: defaultText, scope: 'server', doc };
}

function serverOptional<T>(env: string, type: ValueType<T>, doc: string): Option<T> & { default: null } {
  return { env, type, default: null, scope: 'server', doc };
}

function clientOptional<T>(env: string, type: ValueType<T>, doc: string): Option<T> & { default: null } {
  return { env, type, default: null, scope: 'client', doc };
}

/**
 * Every option, in the order in which people read about them. Flags are the key in kebab case
 * ({@link flagName}); the README's table and `.env.example` are generated from this table.
 */
export const options = {
  serverUrl: serverOptional(
    'SERVER_URL',
    types.httpsOrigin,
    'What devices use to reach this server; the server certificate must cover its host. Without it, `https://localhost` and the device port.',
  ),
  compatible: serverOptional(
    'COMPATIBLE',
    types.compatible,
    'Default compatible, for devices that do not say theirs. Without it, the only compatible that has a release.',
  ),
  dataDir: server('DATA_DIR', types.filePath, './data', 'Folder of the database and the bundles.'),
  certsDir: server(
    'CERTS_DIR',
    types.filePath,
    './certs',
    'Folder of the CA, server and device certificates.',
  ),
  oldCertificates: server(
    'OLD_CERTIFICATES',
    types.choice('taken-over', 'accept', 'refuse'),
    'taken-over',
    'Device certificates that do not say what they are for (X.509 v1, or no extended key usage with clientAuth): `taken-over` accepts those of a CA that an earlier server left in `CERTS_DIR`, `accept` those of every CA in `ca.crt`, `refuse` none.',
  ),
  deviceHost: server(
    'DEVICE_HOST',
    types.host,
    '::',
    'Address that the device listener binds to: `::` is every address, IPv6 and IPv4.',
  ),
  devicePort: server('DEVICE_PORT', types.port, '8443', 'Port of the device listener; 0 for any free one.'),
  adminHost: server(
    'ADMIN_HOST',
    types.host,
    '127.0.0.1',
    'Address that the admin listener binds to. Off loopback it needs an admin token.',
  ),
  adminPort: server('ADMIN_PORT', types.port, '8080', 'Port of the admin listener; 0 for any free one.'),
  adminHosts: server(
    'ADMIN_HOSTS',
    types.hosts,
    '',
    'Further names by which browsers may reach the admin listener, such as that of a reverse proxy, with its port if that is not the usual one; separated by commas.',
  ),
  adminRequireToken: server(
    'ADMIN_REQUIRE_TOKEN',
    types.flag,
    'false',
    'Ask everybody for an admin token, also programs on this machine. Without it those that come through a proxy need one, and everybody does once `ADMIN_HOST` is off loopback or `ADMIN_HOSTS` is set.',
  ),
  trustedProxies: server(
    'TRUSTED_PROXIES',
    types.networks,
    '',
    'Addresses or networks of proxies in front of the server, separated by commas: their `X-Forwarded-For` names the client in the journal and for limits, and limits by address do not count their connections. It never replaces a token.',
  ),
  sessionLifetime: {
    ...server(
      'SESSION_LIFETIME',
      types.period,
      '12h',
      'How long a browser that signed in with a token stays signed in. Revoking the token ends it at once.',
    ),
    unit: 'milliseconds',
  },
  bundleKeyring: serverOptional(
    'BUNDLE_KEYRING',
    types.filePath,
    "PEM file with the certificates that bundle signatures must chain to: the devices' keyring. Without it signers are not checked.",
  ),
  bundlePurpose: server(
    'BUNDLE_PURPOSE',
    types.choice('smimesign', 'codesign', 'any'),
    'smimesign',
    "Purpose that the signer's certificate must have: `check-purpose=` of the devices.",
  ),
  bundlePartialChain: server(
    'BUNDLE_PARTIAL_CHAIN',
    types.flag,
    'false',
    'Any certificate of the keyring ends the chain, not only a self-signed one: `allow-partial-chain=`.',
  ),
  bundleCheckCrl: server(
    'BUNDLE_CHECK_CRL',
    types.flag,
    'false',
    'Every certificate of the chain needs a revocation list of its issuer in the keyring: `check-crl=`.',
  ),
  bundleTimeSource: server(
    'BUNDLE_TIME_SOURCE',
    types.choice('clock', 'signing-time'),
    'clock',
    'When certificates must be valid: now, or when the bundle was signed (`use-bundle-signing-time=`).',
  ),
  bundleSignerCns: server(
    'BUNDLE_SIGNER_CNS',
    types.commonNames,
    '',
    'Common names of the signers that are accepted, separated by semicolons; empty means any: `allowed-signer-cns=`.',
  ),
  allowUntrusted: server(
    'ALLOW_UNTRUSTED',
    types.flag,
    'false',
    'Store bundles whose signer does not chain to the keyring.',
  ),
  newDevices: server(
    'NEW_DEVICES',
    types.choice('admit', 'wait'),
    'admit',
    'What happens at the first contact of a device that nobody made ahead: it is admitted, or waits until a person admits it.',
  ),
  secondBoards: server(
    'SECOND_BOARDS',
    types.choice('answer', 'refuse'),
    'answer',
    'What happens to a second board that uses the certificate of another: it is answered for itself and nothing is concluded from it, or it is refused with 403. People are told either way.',
  ),
  maxTries: server(
    'MAX_TRIES',
    types.count,
    '1',
    "How often a bundle may fail or be rolled back on a device before it is not offered there until a person clears it; where RAUC's own poller tells too little to know, how often it may be downloaded.",
  ),
  maxInterruptions: server(
    'MAX_INTERRUPTIONS',
    types.count,
    '5',
    'How often a reboot may interrupt the installation of a bundle on a device before it is not offered there until a person clears it.',
  ),
  failAfterPolls: server(
    'FAIL_AFTER_POLLS',
    types.countOrNone,
    '0',
    "After how many polls of RAUC's own poller without a reboot a download that has stopped counts as failed; 0 for never, because the device may wait for its reboot.",
  ),
  releaseSteps: server(
    'RELEASE_STEPS',
    types.rolloutSteps,
    '5,25,100',
    'Steps that the release dialog of the dashboard proposes; `100` is everyone at once. The API and the command line release to everyone when no steps are given.',
  ),
  releasePauseAtFailures: server(
    'RELEASE_PAUSE_AT_FAILURES',
    types.count,
    '3',
    'After how many devices that failed or rolled back in a step a rollout pauses: what the release dialog proposes.',
  ),
  offerLifetime: {
    ...server(
      'OFFER_LIFETIME',
      types.period,
      '1h',
      'How long a device may still install what it was told of, also when another bundle was released meanwhile.',
    ),
    unit: 'milliseconds',
  },
  lostAfter: {
    ...server(
      'LOST_AFTER',
      types.period,
      '14d',
      'After how long without a contact an installation counts as lost.',
    ),
    unit: 'milliseconds',
  },
  rollbackWindow: {
    ...server(
      'ROLLBACK_WINDOW',
      types.period,
      '1d',
      'How long after the begin of an installation, or its proof, a boot into the old version counts as a rollback.',
    ),
    unit: 'milliseconds',
  },
  eventRetention: {
    ...server(
      'EVENT_RETENTION',
      types.period,
      '400d',
      'How long the journal keeps what devices and the server did. What people decided stays for ever.',
    ),
    unit: 'milliseconds',
  },
  webhookAllowLocal: server(
    'WEBHOOK_ALLOW_LOCAL',
    types.flag,
    'false',
    'Let webhooks call this machine (loopback) and its link (link-local addresses).',
  ),
  uploadLimit: {
    ...server('UPLOAD_LIMIT', types.size, '16GiB', 'Largest bundle that is taken in.'),
    unit: 'bytes',
  },
  shutdownGrace: {
    ...server('SHUTDOWN_GRACE', types.duration, '30s', 'How long running downloads may go on after SIGTERM.'),
    unit: 'milliseconds',
  },
  logLevel: server(
    'LOG_LEVEL',
    types.choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Least severity that is logged. `debug` also shows the stack of a bug.',
  ),
  server: {
    ...server(
      'RAUC_SERVER',
      types.serverAddress,
      'http://127.0.0.1:8080',
      'Admin listener of the running server, for the commands that talk to one, such as `bundle upload` and `device list`.',
    ),
    scope: 'client',
  },
  token: {
    ...clientOptional(
      'ADMIN_TOKEN',
      types.token,
      'Admin token for that server. On a command line other users can see it: prefer the variable or the file.',
    ),
    secret: true,
  },
  tokenFile: clientOptional(
    'ADMIN_TOKEN_FILE',
    types.filePath,
    'File with the admin token in its first line.',
  ),
} as const;

export type OptionKey = keyof typeof options;

/** Typed value of an option. */
export type OptionValue<K extends OptionKey> = (typeof options)[K] extends {
  type: ValueType<infer T>;
  default: infer D;
}
  ? D extends null
    ? T | null
    : T
  : never;

export const optionKeys = Object.keys(options) as readonly OptionKey[];

/** An option of the table as a reader sees it who does not care for the type of its value. */
export function getOption(key: OptionKey): Option<unknown> {
  return options[key];
}

/** `devicePort` becomes `--device-port`. */
export function flagName(key: OptionKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
