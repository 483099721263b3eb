/**
 * Services whose reports of the start or files of a kit still stand where they are told. A file leaves the list when its
 * sentences have moved to the catalogue; none is added.
 */
export const servicesWithSentences = [
  'src/services/certificates/kit-files.ts',
  'src/services/devices/plan-clearing.ts',
  'src/services/startup/import-legacy.ts',
  'src/services/startup/take-over-files.ts',
  'src/services/startup/take-over.ts',
];
