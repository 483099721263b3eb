/**
 * Services whose lines of the journal, attention, findings of doctor or files of a kit still stand where they are told. A file
 * leaves the list when its sentences have moved to the catalogue; none is added.
 */
export const servicesWithSentences = [
  'src/services/catalog/accept-bundle.ts',
  'src/services/catalog/bundle-trust.ts',
  'src/services/catalog/check-stored-images.ts',
  'src/services/catalog/default-compatible.ts',
  'src/services/catalog/warn-of-images.ts',
  'src/services/catalog/write-manifest-file.ts',
  'src/services/certificates/kit-files.ts',
  'src/services/certificates/make-device-kit.ts',
  'src/services/devices/find-lost.ts',
  'src/services/devices/manage-devices.ts',
  'src/services/devices/plan-clearing.ts',
  'src/services/offers/begin-installation.ts',
  'src/services/offers/suspend-offers.ts',
  'src/services/rollouts/advance-rollouts.ts',
  'src/services/rollouts/pause-untrusted.ts',
  'src/services/rollouts/warn-of-labels.ts',
  'src/services/run-chores.ts',
  'src/services/startup/import-legacy.ts',
  'src/services/startup/take-over-files.ts',
  'src/services/startup/take-over.ts',
  'src/services/startup/watch-crashes.ts',
  'src/services/startup/watch-restores.ts',
];
