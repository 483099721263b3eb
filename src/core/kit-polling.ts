/**
 * What polls the server: the kit's `script`, or RAUC itself (`native`, since RAUC 1.16). RAUC calls its own polling a preview, so
 * the script is the default.
 */
export const kitPollings = ['script', 'native'] as const;
export type KitPolling = (typeof kitPollings)[number];

/** The client on the device: RAUC with the kit's own polling, or `rauc-hawkbit-updater`. */
export const kitClients = ['rauc', 'hawkbit'] as const;
export type KitClient = (typeof kitClients)[number];
