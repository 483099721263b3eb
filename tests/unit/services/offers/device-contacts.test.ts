import { newDevice } from '../../../../src/core/device';
import { type DeviceRecord, newcomer } from '../../../../src/core/device-record';
import { createDeviceContacts, type HeardDevice } from '../../../../src/services/offers/device-contacts';
import type { ContactPorts } from '../../../../src/services/offers/device-contacts';
import { haveSameShape } from '../../../support/same-shape';

const at = new Date('2026-11-01T00:00:00Z');
const identity = { id: 'dev-1', certificateSerial: '01', compatibles: [] };
const contact = { at, address: null, protocol: 'h2', facts: { bootId: 'b1' }, transactionId: null };

describe('createDeviceContacts', () => {
  it('makes records of one hidden class for all polls', async () => {
    const known: DeviceRecord = newcomer(newDevice('dev-1', 'admitted', at));
    const ports = {
      fleet: {
        update: (_id: string, decide: (sight: object) => { readonly answer: unknown }) =>
          Promise.resolve(decide({ record: known }).answer),
      },
      newDevices: 'admitted',
      proofRules: {},
      secondBoards: 'answer',
    } as unknown as ContactPorts;
    const contacts = createDeviceContacts(ports);
    const heard: HeardDevice[] = [];
    for (let poll = 0; poll < 300; poll += 1)
      heard.push(await contacts.hear(identity, contact, { native: null }, (one) => one));
    expect(haveSameShape(heard.slice(-50))).toBe(true);
  });
});
