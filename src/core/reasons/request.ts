import { sayRefusal } from '../circumstances/refusals';
import type { Why } from './why';
import { counted } from '../../base/text/counted';
import { type RefusalCause, remedyOfRefusal } from '../connection-refusal';
import type { Reasons } from './reason-words';

export const requestReasons = {
  'server-stops': {
    code: 'unavailable',
    says: () => 'the server is shutting down',
  },
  'request-refused-by-parser': {
    code: 'invalid-input',
    says: ({ says }: { says: string }) => says,
  },
  'request-fields-invalid': {
    code: 'invalid-input',
    says: ({ problems }: { problems: readonly string[] }) => problems.join('; '),
    remedy: 'GET /api/openapi.json describes each request.',
  },
  'compatible-not-of-certificate': {
    code: 'forbidden',
    says: ({ compatible }: { compatible: string }) =>
      `the device's certificate is not bound to ${compatible}`,
    remedy: 'Request the compatible that the certificate is bound to, or issue another certificate.',
  },
  'device-refused': {
    code: 'forbidden',
    says: ({ why }: { cause: RefusalCause; why: Why }) => `this device is refused: ${sayRefusal(why)}`,
    remedy: ({ cause }: { cause: RefusalCause }) => remedyOfRefusal(cause),
  },
  'revocations-unknown': {
    code: 'unavailable',
    says: () =>
      'this server has not reached its database for a minute, so it does not know which certificates are revoked',
    remedy: 'Check that PostgreSQL is running and that this machine can reach it.',
  },
  'list-changed': {
    code: 'invalid-input',
    says: () => 'the list has changed: this page no longer exists',
    remedy: 'Start again with the first page.',
  },
  'host-not-named-once': {
    code: 'invalid-input',
    says: () => 'the request must name exactly one host',
  },
  'host-unknown': {
    code: 'forbidden',
    says: ({ host }: { host: string }) => `${host} is not a name of this server`,
    remedy: `If people reach the server by this name, add it to ADMIN_HOSTS.`,
  },
  'origin-foreign': {
    code: 'forbidden',
    says: () => 'the request comes from another website',
    remedy:
      "Use this server's page. If you reach it through a proxy under another name, add that name to ADMIN_HOSTS.",
  },
  'address-malformed': {
    code: 'invalid-input',
    says: () => 'the address is malformed',
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
    says: ({ others }: { others: number }) =>
      `${counted(others, 'request')} from this device ${others === 1 ? 'is' : 'are'} still being read`,
    remedy: 'Send them one after another.',
  },
  'device-asks-too-often': {
    code: 'too-many-requests',
    says: ({ id }: { id: string }) => `${id} has sent more than two requests a second for too long`,
    remedy: 'Wait as long as Retry-After says, then poll less often.',
  },
  /** The same for a client that does not retry after `too-many-requests`. */
  'device-polls-too-often': {
    code: 'unavailable',
    says: ({ id }: { id: string }) => `${id} has sent more than two requests a second for too long`,
    remedy: 'Wait as long as Retry-After says, then poll less often.',
  },
  'question-is-old': {
    code: 'unavailable',
    says: () => 'the server could not answer in time, and the request may be out of date',
    remedy: 'Send it again.',
  },
  'request-names-two-hosts': {
    code: 'invalid-input',
    says: () => 'the request names two hosts',
  },
  'body-not-expected': {
    code: 'too-large',
    says: () => 'this request must not have a body',
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
    says: () => 'the body did not arrive in time',
  },
  'body-too-long': {
    code: 'too-large',
    says: ({ limitBytes }: { limitBytes: number }) => `the body is longer than ${limitBytes} bytes`,
  },
  'compatible-named-twice': {
    code: 'invalid-input',
    says: () => 'compatible is given more than once',
  },
  'compatible-not-utf8': {
    code: 'invalid-input',
    says: () => 'X-RAUC-Compatible is not UTF-8',
  },
  'manifest-name-invalid': {
    code: 'not-found',
    says: () => 'the name of a manifest must end in .json',
  },
  'report-versions-differ': {
    code: 'invalid-input',
    says: ({ version, running }: { version: string; running: string }) =>
      `"version" says ${version}, and "running_version" says ${running}`,
    remedy: 'Send "running_version" for the running version and "installed_version" for the installed one.',
  },
  'report-invalid': {
    code: 'invalid-input',
    says: ({ problems }: { problems: readonly string[] }) => `invalid report: ${problems.join('; ')}`,
    remedy: ({ states }: { states: string }) => `Send JSON with a "state" of ${states}.`,
  },
  'report-not-json': {
    code: 'invalid-input',
    says: () => 'the report is not JSON in UTF-8',
  },
  'cursor-of-another-list': {
    code: 'invalid-input',
    says: () => 'this cursor belongs to another query',
    remedy: 'Start at the first page, and keep filters, sort and order while paging.',
  },
} satisfies Reasons;
