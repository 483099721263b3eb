/**
 * What asks the server: the kit's `script`, or RAUC itself (`native`), since 1.16. RAUC calls its own polling a preview, so the
 * script is the default.
 */
export const kitPollings = ['script', 'native'] as const;
export type KitPolling = (typeof kitPollings)[number];

/** Which program on the device asks the server: RAUC with the kit's own, or `rauc-hawkbit-updater`. */
export const kitClients = ['rauc', 'hawkbit'] as const;
export type KitClient = (typeof kitClients)[number];
