import type { DraftKind } from '../draft-kind';
import { draftNouns as nouns } from './draft-nouns';
import type { Reasons } from './reason-words';

/** What can be wrong with the maintenance window of an assignment. */
export type AssignmentWindowProblem = 'not-cron' | 'too-long' | 'never-opens' | 'not-duration' | 'not-offset';

const windowProblems: Readonly<Record<AssignmentWindowProblem, string>> = {
  'not-cron': 'it is not a Quartz cron expression',
  'too-long': 'it is too long',
  'never-opens': 'it will not open again',
  'not-duration': 'it is not a duration from 00:00:01 to 23:59:59',
  'not-offset': 'it is not an offset from UTC',
};

function whyNotWindow(problem: AssignmentWindowProblem, part: string): string {
  return problem === 'not-cron' && part !== 'schedule'
    ? `its ${part} are not supported`
    : windowProblems[problem];
}

/** What the management API of hawkBit's scripts refuses. */
export const hawkbitReasons = {
  'not-a-draft-text': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) =>
      `${JSON.stringify(text)} cannot be the name, version or type of a module or set`,
    remedy: ({ maxLength }: { maxLength: number }) =>
      `Use 1 to ${maxLength} printable characters, no leading or trailing spaces.`,
  },
  'no-such-draft': {
    code: 'not-found',
    says: ({ kind, id }: { kind: DraftKind; id: number | string }) => `there is no ${nouns[kind]} ${id}`,
  },
  'draft-exists': {
    code: 'conflict',
    says: ({ kind, name, version }: { kind: DraftKind; name: string; version: string }) =>
      `there is already a ${nouns[kind]} ${JSON.stringify(name)} of this type in version ${version}`,
  },
  'too-many-drafts': {
    code: 'conflict',
    says: ({ max }: { max: number }) => `there are already ${max} software modules and distribution sets`,
    remedy: 'Delete those that no assignment needs any more.',
  },
  'draft-taken': {
    code: 'conflict',
    says: ({ id, sets }: { id: number; sets: readonly number[] }) =>
      `the software module ${id} belongs to the distribution ${sets.length === 1 ? 'set' : 'sets'} ${sets.join(', ')}`,
    remedy: 'Delete the distribution set first.',
  },
  'module-has-file': {
    code: 'conflict',
    says: ({ id, file }: { id: number; file: string }) =>
      `the software module ${id} already has the file ${file}`,
    remedy: 'On this server a module has one file. Create a module for each file.',
  },
  'module-without-file': {
    code: 'conflict',
    says: ({ id }: { id: number }) => `the distribution set ${id} has no module with a file`,
    remedy: 'Upload a file to its module first.',
  },
  'set-of-several-modules': {
    code: 'invalid-input',
    says: () => 'on this server a distribution set has exactly one software module',
    remedy: 'Put all images into one bundle.',
  },
  'no-such-artifact': {
    code: 'not-found',
    says: ({ id, moduleId }: { id: string; moduleId: number }) =>
      `the software module ${moduleId} has no artifact ${id}`,
  },
  'target-named-otherwise': {
    code: 'invalid-input',
    says: ({ id }: { id: string }) => `the name of ${id} must be its controller id`,
    remedy: 'Leave the name out, and use the description for notes.',
  },
  'field-not-supported': {
    code: 'invalid-input',
    says: ({ field }: { field: string }) => `${field} is not supported`,
    remedy: 'Leave it out, or send false.',
  },
  'assignment-kind-unknown': {
    code: 'invalid-input',
    says: ({ type }: { type: string }) =>
      `an assignment of the type ${JSON.stringify(type)} is not supported`,
    remedy: 'Use "forced", "soft", "timeforced" or "downloadonly".',
  },
  'action-not-forced': {
    code: 'invalid-input',
    says: ({ type }: { type: string }) => `an action cannot become ${JSON.stringify(type)}`,
    remedy: 'Only a soft action can be changed, and only to "forced".',
  },
  'action-ended': {
    code: 'conflict',
    says: ({ id }: { id: number }) => `the action ${id} has ended`,
  },
  'not-pinned-softly': {
    code: 'conflict',
    says: ({ id, bundleName }: { id: string; bundleName: string }) =>
      `the assignment of ${bundleName} to ${id} is no longer "soft"`,
  },
  'assignment-window-wrong': {
    code: 'invalid-input',
    says: ({ part, text, problem }: { part: string; text: string; problem: AssignmentWindowProblem }) =>
      `${JSON.stringify(text)} cannot be used for a maintenance window: ${whyNotWindow(problem, part)}`,
    remedy: 'For example: schedule "0 30 2 ? * SAT", duration "02:00:00", timezone "+01:00".',
  },
  'force-time-missing': {
    code: 'invalid-input',
    says: () => 'an assignment of the type "timeforced" needs a time',
    remedy: 'Add "forcetime", in milliseconds since 1970.',
  },
  'download-only-streams': {
    code: 'conflict',
    says: ({ id }: { id: string }) =>
      `${id} streams its bundles: it cannot download one without installing it`,
    remedy: 'Assign the bundle as "forced" or "soft".',
  },
  'assigned-while-busy': {
    code: 'conflict',
    says: ({ id, installation }: { id: string; installation: number }) =>
      `${id} has started the action ${installation} and cannot start another until it ends`,
    remedy: 'Cancel that action, or wait until it ends, then assign again.',
  },
  'assignment-refused': {
    code: 'conflict',
    says: ({ id, why }: { id: string; why: string }) => `${id} would not be offered the bundle: ${why}`,
    remedy: 'Correct the cause, then assign again.',
  },
  'sort-unsupported': {
    code: 'invalid-input',
    says: ({ sort }: { sort: string }) => `this list cannot be sorted by ${JSON.stringify(sort)}`,
    remedy: 'Sort by id, for example sort=id:DESC.',
  },
  'query-unsupported': {
    code: 'invalid-input',
    says: ({ query }: { query: string }) => `the filter ${JSON.stringify(query)} is not supported`,
    remedy: ({ fields }: { fields: readonly string[] }) =>
      `Use FIELD==VALUE, joined by ";", with ${fields.join(', ')}, and no wildcards.`,
  },
  'no-such-setting': {
    code: 'not-found',
    says: ({ key }: { key: string }) => `there is no configuration ${JSON.stringify(key)}`,
  },
  'setting-fixed': {
    code: 'invalid-input',
    says: ({ key, value }: { key: string; value: string }) => `${key} is always ${value}`,
  },
  'setting-invalid': {
    code: 'invalid-input',
    says: ({ key, type }: { key: string; type: string }) =>
      `the value of ${key} must be ${type === 'boolean' ? 'true or false' : type}`,
  },
  'not-a-day-time': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not a time from 00:00:01 to 23:59:59`,
  },
  'not-an-authority': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} does not name issuers`,
    remedy: 'Use issuer hashes as OpenSSL prints them, separated by commas.',
  },
  'not-a-file-name': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `${JSON.stringify(name)} cannot be the name of a file`,
    remedy: ({ maxLength }: { maxLength: number }) =>
      `Use letters, digits, inner spaces and ". _ + ~ @ = , ( ) -", at most ${maxLength} characters.`,
  },
  'opaque-not-accepted': {
    code: 'bundle-untrusted',
    says: ({ name }: { name: string }) => `${name} is an opaque file, and this server does not accept them`,
    remedy: 'Start the server with HAWKBIT_OPAQUE_FILES=true, for tests only.',
  },
  'opaque-not-released': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `${name} is an opaque file: it cannot be released`,
    remedy: 'Assign it to single devices.',
  },
} satisfies Reasons;
