const mib = 1 << 20;

/** How much is measured. */
export interface Scale {
  /** The size of the image in the bundle that is downloaded. */
  readonly imageBytes: number;
  /** The size of the image in the bundle that is uploaded. */
  readonly uploadImageBytes: number;
  /**
   * Connections that poll at once, each from its own device: a device may ask 300 times at once, and twice a second.
   */
  readonly pollers: number;
  /** Requests of one sample. */
  readonly requests: {
    readonly newConnections: number;
    readonly resumedConnections: number;
    readonly keptConnections: number;
    readonly smallRanges: number;
    readonly largeRanges: number;
    readonly downloads: number;
  };
  readonly stalledDownloads: number;
  /** How long memory is watched while downloads are held up, and when it is measured again; in milliseconds. */
  readonly watchMs: number;
  readonly giveBackMs: number;
  /** Starts per sample; their mean counts. */
  readonly starts: number;
}

/** CPU time is counted in steps of 10 ms, so a sample takes at least half a second of it. */
export const fullScale: Scale = {
  imageBytes: 64 * mib,
  uploadImageBytes: 1024 * mib,
  pollers: 64,
  requests: {
    newConnections: 1_000,
    resumedConnections: 1_500,
    keptConnections: 9_600,
    smallRanges: 20_000,
    largeRanges: 8_000,
    downloads: 16,
  },
  stalledDownloads: 1_000,
  watchMs: 5_000,
  giveBackMs: 60_000,
  starts: 5,
};

/** Shows that everything works; its figures mean nothing. */
export const smokeScale: Scale = {
  imageBytes: 4 * mib,
  uploadImageBytes: 8 * mib,
  pollers: 4,
  requests: {
    newConnections: 8,
    resumedConnections: 8,
    keptConnections: 40,
    smallRanges: 100,
    largeRanges: 64,
    downloads: 2,
  },
  stalledDownloads: 20,
  watchMs: 200,
  giveBackMs: 200,
  starts: 1,
};
