const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take longest. Started last, one of them would run alone at the end while the other workers are idle. */
const longest = [
  'e2e/device-kit.',
  'e2e/device-kit-install.',
  'unit/rauc/chain-matrix.',
  'e2e/huge-bundle.',
  'e2e/object-store',
  'e2e/postgres-chaos.',
  'e2e/start-and-stop.',
  'e2e/upgrades.',
  'e2e/packaging.',
  'store/s3/rgw.',
  'browser/other-language.',
  'browser/settings.',
  'browser/devices',
  'unit/services/devices/fleet-faults.',
];

/** Starts these files first, and the others in Jest's order. */
module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => longest.some((start) => path.includes(`/tests/${start}`));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
