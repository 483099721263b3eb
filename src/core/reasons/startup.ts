/** The author of bundles found in the data folder and of releases taken over from an earlier server. It is stored. */
export const importer = 'taken over';

/** Why the start ignores something in the data folder, or changes it. For the log. */
export const startupNotes = {
  notAPlainFile: () => 'it is not a plain file, and is left alone',
  /** @param sizeBytes of its file; `undefined` if there is none */
  lost: (sizeBytes: number | undefined, wantedBytes: number) => {
    const what = sizeBytes === undefined ? 'is missing' : `has ${sizeBytes} bytes instead of ${wantedBytes}`;
    return `its file ${what}: it is not served until the same bundle is uploaded or restored`;
  },
  leftAlone: (why: string) => `${why}; the file is left alone`,
  unreadable: (code: string) => `it cannot be read (${code})`,
  ignored: (why: string | null) => `it is ignored: ${why ?? 'it is not an object'}`,
  notTakenOver: (why: string) => `not taken over: ${why}`,
  noRelease: (why: string | null) =>
    `no release is taken from it: ${why ?? 'compatible or filename is missing'}`,
  newerCounts: (filename: string, compatible: string, newer: string) =>
    `it names ${filename} for ${compatible}, but ${newer} is newer and counts`,
  decidedAlready: (compatible: string) => `it is ignored: ${compatible} was decided about here already`,
  bundleMissing: (compatible: string, filename: string) =>
    `nothing is released for ${compatible}: its bundle ${filename} is missing or was refused`,
  otherBytes: (compatible: string, filename: string) =>
    `nothing is released for ${compatible}: ${filename} has other bytes than the manifest says`,
  releasedAsBefore: (filename: string, compatible: string, own: string | null) =>
    `${filename} is released for ${compatible} as before, although it is for ${own ?? 'no compatible'}`,
  nothingReleased: (why: string) => `nothing is released: ${why}`,
};
