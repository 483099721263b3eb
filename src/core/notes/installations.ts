/** What the server notes about an installation, where a device's own words may be, too. It is stored as it is. */
export const installationNotes = {
  silent: () => 'the device has not been heard from',
  calledOff: (by: string) => `called off by ${by}`,
  replaced: (bundleName: string) => `replaced by ${bundleName}`,
  retried: (by: string) => `${by} lets it try again`,
};
