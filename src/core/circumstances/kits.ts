import type { Circumstances } from '../reasons/why';

/** What a device kit explains, and its warnings. */
export const kitCircumstances = {
  'kit-extra-root': ({ name }: { name: string }) =>
    `the CA of the server certificate is not in ca.crt, so the device also trusts ${name} when it connects`,
  'kit-native-polling': () =>
    "RAUC's own polling needs RAUC 1.16 and is a preview: RAUC's authors advise against it in products for now, and a later RAUC may need another system.conf.",
  /** In Markdown, as is the next one. */
  'kit-with-key': () =>
    "**The kit holds the device's private key**: anyone who has it can impersonate this device. Delete it when it is installed.",
  'kit-without-key': () =>
    "**The kit holds no private key.** Put the key that the certificate was requested with at\n`/etc/rauc/update/device.key` on the device. If you do so after `install.sh`, run `install.sh` again, so that RAUC's streaming user can read the key.",
} satisfies Circumstances;
