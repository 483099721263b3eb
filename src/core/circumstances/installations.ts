import { wordsOf } from '../offer-words';
import type { Said, VerdictCode } from '../offer-verdict';
import type { Circumstances, SayWhy } from '../reasons/why';

/** What a device booted into. */
export interface Booted {
  /** `null` when unknown. */
  version: string | null;
  /** Whether it is the version that ran before. */
  isAgain: boolean;
  /** The slot, if both slots are known; it ran before, too. */
  slot: string | null;
}

interface By {
  by: string;
}

/** Why an installation is in its state, as far as the server has found out. */
export const installationCircumstances = {
  'device-booted': (booted: Booted) => bootedWords(booted),
  'device-booted-before-read': (booted: Booted) => `${bootedWords(booted)} before it had read the bundle`,
  'device-booted-long-after': (booted: Booted) => `${bootedWords(booted)}, long after the download`,
  'device-booted-neither': ({ version }: { version: string }) =>
    `the device booted into ${version}, which is neither the old nor the new version`,
  'device-booted-either': ({ version }: { version: string }) =>
    `the device booted into ${version}, which may be the old version or another one`,
  'device-fell-back': ({ version, slot }: { version: string; slot: string | null }) =>
    `the device fell back to ${version}${slot === null ? '' : ` in slot ${slot}`}`,
  'runs-after-boot': () => 'it runs after a new boot',
  'runs-instead': ({ before }: { before: string }) => `it runs, and ${before} ran before`,
  'runs-in-other-slot': ({ slot, before, version }: { slot: string; before: string; version: string }) =>
    `slot ${slot} runs after a new boot, and ${before} ran before. Warning: both say version ${version}, so the slot alone tells them apart`,
  'runs-same-version': ({ version }: { version: string }) =>
    `it runs after a new boot. Warning: ${version} ran before, too, and the device does not tell its slot: a rollback would look the same`,

  'download-unclear': () => 'the download has stopped: it failed, or the device waits for a reboot',
  'offer-not-taken': () =>
    'the device does not start: its own criteria refuse the bundle, or someone must confirm it there',
  'installation-stalled': () => 'there has been no progress for a long time: no bytes, no report, no reboot',
  'read-too-little': () =>
    'the device stopped before it had read enough for any of its images: it cannot have installed the bundle',
  'never-booted': () => 'the device kept polling and did not boot into the bundle',
  'signature-rejected': () =>
    "the device read the signature but polls as if it had not, so it does not accept the bundle. Check its keyring, its clock and the bundle's signer",
  'device-back': () => 'the device was lost and is back',
  'device-did-not-stop': () => 'the device did not stop',

  'board-replaced': () => 'another board has taken its place: its serial differs',
  'board-reflashed': () => 'the board was reflashed: its serial is the same, but its machine-id differs',
  'board-provisioned': () => 'the board says that it was reflashed',
  'begun-by-second-board': () => 'begun by a second board with the same certificate',
  'read-from-second-board': () => 'taken back: it was read from a second board with the same certificate',

  'installation-silent': () => 'the device has not been heard from',
  'installation-called-off': ({ by }: By) => `cancelled by ${by}`,
  'installation-retried': ({ by }: By) => `${by} lets it try again`,
  'installation-replaced': ({ bundle }: { bundle: string }) => `replaced by ${bundle}`,
  'only-downloaded': () => 'the device has downloaded it and, as assigned, does not install it',
  'assignment-window-over': () => 'the maintenance window of its assignment does not open again',
  'assignment-unanswered': () =>
    'it was assigned for download only, and the device has reported no download for a long time',
  'installation-gives-way': ({ bundle }: { bundle: string }) => `${bundle} takes its place`,
  /** `refusal` is the objection of a rule. */
  'no-longer-offered': ({ refusal }: { refusal: Said<VerdictCode> }, say: SayWhy) => wordsOf(refusal, say),
} satisfies Circumstances;

function bootedWords({ version, isAgain, slot }: Booted): string {
  const into = version === null ? '' : ` into ${version}`;
  return `the device booted${into}${isAgain ? ' again' : ''}${slot === null ? '' : ` from slot ${slot}`}`;
}
