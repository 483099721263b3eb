/** The author of bundles found in the data folder and of releases taken over from an earlier server. It is stored. */
export const importer = 'taken over';
