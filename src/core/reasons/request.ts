import type { Reasons } from './reason-words';

export const requestReasons = {
  'server-stops': {
    code: 'unavailable',
    says: () => 'the server stops',
  },
  'list-changed': {
    code: 'invalid-input',
    says: () => 'the list has changed: no page begins there',
    remedy: 'Begin with the first page.',
  },
  'host-not-named-once': {
    code: 'invalid-input',
    says: () => 'the request does not name one host',
  },
  'host-unknown': {
    code: 'forbidden',
    says: ({ host }: { host: string }) => `${host} is not a name of this server`,
    remedy: `If people reach the server by this name, add it to ADMIN_HOSTS.`,
  },
  'origin-foreign': {
    code: 'forbidden',
    says: () => 'the request comes from another web page',
    remedy:
      'Use the page of this server. If it is reached through a proxy under another name, add that name to ADMIN_HOSTS.',
  },
  'address-malformed': {
    code: 'invalid-input',
    says: () => 'the address is not well-formed',
  },
  'nothing-at-path': {
    code: 'not-found',
    says: ({ path }: { path: string }) => `there is nothing at ${path}`,
  },
  'body-type-unsupported': {
    code: 'unsupported-media-type',
    says: () => 'the body is neither JSON nor a form',
    remedy: 'Send application/json or application/x-www-form-urlencoded.',
  },
  'requests-being-read': {
    code: 'too-many-requests',
    says: ({ others }: { others: number }) => `${others} requests of this device are being read`,
    remedy: 'Send one after the other.',
  },
  'device-asks-too-often': {
    code: 'too-many-requests',
    says: ({ id }: { id: string }) => `${id} asks more than twice a second for long`,
    remedy: 'Wait as long as Retry-After says, and ask less often from then on.',
  },
  'request-names-two-hosts': {
    code: 'invalid-input',
    says: () => 'the request names two hosts',
  },
  'body-not-expected': {
    code: 'too-large',
    says: () => 'a request has no body here',
  },
  'nothing-at-address': {
    code: 'not-found',
    says: () => 'there is nothing at this address',
  },
  'body-cut-short': {
    code: 'invalid-input',
    says: () => 'the body was cut short',
  },
  'body-too-slow': {
    code: 'invalid-input',
    says: () => 'the body did not come to its end in time',
  },
  'body-too-long': {
    code: 'too-large',
    says: ({ limitBytes }: { limitBytes: number }) => `the body is longer than ${limitBytes} bytes`,
  },
  'compatible-named-twice': {
    code: 'invalid-input',
    says: () => 'compatible is there more than once',
  },
  'compatible-not-utf8': {
    code: 'invalid-input',
    says: () => 'X-RAUC-Compatible is not UTF-8',
  },
  'manifest-name-invalid': {
    code: 'not-found',
    says: () => 'a manifest ends in .json',
  },
  'report-versions-differ': {
    code: 'invalid-input',
    says: ({ version, running }: { version: string; running: string }) =>
      `"version" says ${version}, and "running_version" says ${running}`,
    remedy: 'Send "running_version" for what runs and "installed_version" for what was installed.',
  },
  'report-invalid': {
    code: 'invalid-input',
    says: ({ problems }: { problems: readonly string[] }) =>
      `the report is not understood: ${problems.join('; ')}`,
    remedy: ({ states }: { states: string }) => `Send JSON with a "state" of ${states}.`,
  },
  'report-not-json': {
    code: 'invalid-input',
    says: () => 'the report is not JSON in UTF-8',
  },
  'cursor-of-another-list': {
    code: 'invalid-input',
    says: () => 'the place in the list is not one of this list',
    remedy: 'Begin at the first page, and keep sort and order while paging.',
  },
} satisfies Reasons;
