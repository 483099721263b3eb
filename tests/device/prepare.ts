import { deviceSystem } from './system';

/** Before all tests: the first run on a machine downloads the device's packages, which no test's deadline should pay. */
export default async function prepare(): Promise<void> {
  await deviceSystem();
}
