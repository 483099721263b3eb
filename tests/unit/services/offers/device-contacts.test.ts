import { newDevice } from '../../../../src/core/device';
import { type DeviceRecord, newcomer } from '../../../../src/core/device-record';
import { createDeviceContacts, type HeardDevice } from '../../../../src/services/offers/device-contacts';
import type { ContactPorts } from '../../../../src/services/offers/device-contacts';
import { OldQuestions } from '../../../../src/services/offers/old-questions';
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

  describe('a report that waits for the database', () => {
    const known = { record: newcomer(newDevice('dev-1', 'admitted', at)) };
    let nowMs: number;
    const hearingBy = (
      updateOnDisk: (id: string, decide: (sight: object) => unknown) => Promise<unknown>,
    ) => {
      nowMs = 0;
      const oldQuestions = new OldQuestions({ monotonicMs: () => nowMs, onStandstill: () => undefined });
      const rules = { newDevices: 'admitted', proofRules: {}, secondBoards: 'answer' };
      const ports = { fleet: { updateOnDisk }, oldQuestions, ...rules } as unknown as ContactPorts;
      return createDeviceContacts(ports).hearOnDisk(identity, contact, () => null);
    };

    it('is refused when that took long: the device may have told another server more', async () => {
      const heard = hearingBy((_, decide) => {
        nowMs += 12_000;
        return Promise.resolve().then(() => decide(known));
      });
      await expect(heard).rejects.toMatchObject({ reason: { code: 'question-is-old' } });
    });

    it('may be decided at any time later when it could not be saved', async () => {
      let again: () => unknown = () => undefined;
      const heard = hearingBy((_, decide) => {
        again = () => decide(known);
        return Promise.reject(new Error('not saved'));
      });
      await expect(heard).rejects.toThrow('not saved');
      nowMs += 3_600_000;
      expect(again()).toMatchObject({ answer: { answer: null } });
    });
  });
});
