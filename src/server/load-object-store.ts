/** Loads what only a server with its bundles in an object store needs. */
export function loadObjectStore() {
  return require('./object-store') as typeof import('./object-store');
}

/** Loads how `doctor` reads bundles in an object store. */
export function loadObjectStoreData() {
  return require('./object-store-data') as typeof import('./object-store-data');
}
