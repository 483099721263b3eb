import type { Circumstances } from '../reasons/why';

/** What a device kit explains, and its warnings. */
export const kitCircumstances = {
  'kit-extra-root': ({ name }: { name: string }) =>
    `the server certificate is from another CA than ca.crt has: the device trusts ${name} too when it connects`,
  'kit-native-polling': () =>
    "RAUC's own polling needs RAUC 1.16 and is a preview: RAUC's authors advise against it in products for now, and a later RAUC may need another system.conf.",
  /** In Markdown, as is the next one. */
  'kit-with-key': () =>
    "**The kit holds the device's private key**: whoever has it can pose as this device. Delete it when it is installed.",
  'kit-without-key': () =>
    "**The kit holds no private key.** The device's own, which its certificate was requested with, goes to\n`/etc/rauc/update/device.key`, before or after `install.sh`; run that again then, so that RAUC's streaming user can read the key.",
} satisfies Circumstances;
