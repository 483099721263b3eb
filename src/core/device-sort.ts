/** What a list of devices can be sorted by. */
export const deviceSorts = ['id', 'last_contact', 'version', 'state'] as const;
export type DeviceSort = (typeof deviceSorts)[number];
