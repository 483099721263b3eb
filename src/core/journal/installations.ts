import type { Why } from '../reasons/why';
import { because, type Lines } from './line-words';

interface Told {
  device: string;
  bundle: string;
  /** What the device said, or why the server assumes it; `null` for neither. */
  why: Why | null;
}

export const installationLines = {
  'installation-offered': ({ device, bundle, why }: Told) => `${device} was offered ${bundle}${because(why)}`,
  'installation-downloading': ({ device, bundle, why }: Told) =>
    `${device} is downloading ${bundle}${because(why)}`,
  'installation-installed': ({ device, bundle, why }: Told) =>
    `${device} has installed ${bundle}${because(why)}`,
  'installation-stopped': ({ device, bundle, why }: Told) =>
    `${device} stopped downloading ${bundle}${because(why)}`,
  'installation-interrupted': ({ device, bundle, why }: Told) =>
    `the installation of ${bundle} on ${device} was interrupted${because(why)}`,
  'installation-proven': ({ device, bundle, why }: Told) => `${bundle} is proven on ${device}${because(why)}`,
  'installation-rolled-back': ({ device, bundle, why }: Told) =>
    `${device} rolled back ${bundle}${because(why)}`,
  'installation-failed': ({ device, bundle, why }: Told) => `${bundle} failed on ${device}${because(why)}`,
  'installation-rejected': ({ device, bundle, why }: Told) => `${device} rejected ${bundle}${because(why)}`,
  'installation-lost': ({ device, bundle, why }: Told) =>
    `${device} went silent while installing ${bundle}${because(why)}`,
  'installation-withdrawn': ({ device, bundle, why }: Told) =>
    `${bundle} was withdrawn from ${device}${because(why)}`,
  'installation-cancelling': ({ device, bundle, why }: Told) =>
    `the installation of ${bundle} on ${device} is being cancelled${because(why)}`,
  'installation-cancelled': ({ device, bundle, why }: Told) =>
    `the installation of ${bundle} on ${device} was cancelled${because(why)}`,
  'installation-noted': ({ device, bundle, why }: Told) => `${bundle} on ${device}${because(why)}`,
} satisfies Lines;
