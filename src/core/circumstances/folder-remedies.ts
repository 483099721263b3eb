import { setTheClockOrCorrect } from '../reasons/authority';
import type { NestedReason } from '../reasons/reason-words';
import { remedyOfCertificate } from '../reasons/refused-certificate';
import type { Circumstances } from '../reasons/why';

const serverAgain = 'Create it again with: cert server --force.';
/** The CA's validity begins then, and a new CA would have to reach every device first. */
const ownClock = 'Ignore this if your boards have a clock; otherwise set it before they connect.';

/** What to do about findings in the certificates or data folder; whole sentences, or a command. */
export const folderRemedies = {
  'remedy-of-refused-certificate': ({ why }: { why: NestedReason }) => remedyOfCertificate(why),
  'renew-in-time': () => 'Create a new one in time, with --force, and copy it to where it is used.',
  'check-own-clock': () => 'Check the clock of this machine.',
  'check-owner-and-mode': () => 'Check its owner and mode.',
  'restore-from-backup': () => 'Restore it from a backup.',
  'move-stray-away': () => 'Move it away: this folder is for files that the server made or uses.',
  'create-ca': () => 'Create it with: cert ca.',
  'use-strict-ca': () => 'Use a CA made with: cert ca. Ignore this if no client is that strict.',
  'create-server-certificate': () => 'The server creates one when it starts. Or create it with: cert server.',
  'create-server-certificate-again': () => serverAgain,
  'begin-with-ca': () => `${serverAgain} It then begins with its CA.`,
  'set-board-clock': () => ownClock,
  'create-device-certificate': ({ deviceId }: { deviceId: string }) =>
    `Create one with: cert device ${deviceId} --force.`,
  'create-device-certificate-again': ({ deviceId }: { deviceId: string }) =>
    `Create it again with: cert device ${deviceId} --force.`,
  'rename-file': () => 'Rename the file.',
  'set-clock-or-correct-log': () => setTheClockOrCorrect,
  'revoke-then-remove-lines': () =>
    'Revoke by serial any certificates it may have listed, then remove the damaged lines.',
  'run-chmod': ({ mode, path }: { mode: string; path: string }) => `chmod ${mode} ${path}`,
  'run-chown': ({ owner, path }: { owner: string; path: string }) => `chown ${owner} ${path}`,
  'check-data-dir': () => 'Check DATA_DIR. A new server creates the folder when it starts.',
  'mount-writable': () => 'Mount it writable. A disk with errors is often mounted read-only (see dmesg).',
  'run-as-server-user': () =>
    'Run doctor as the user that runs the server. If you did, make that user the owner of the data folder (chown -R).',
} satisfies Circumstances;
