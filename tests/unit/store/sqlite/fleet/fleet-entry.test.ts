import { ByteSlabs } from '../../../../../src/base/bytes/byte-slabs';
import { newDevice } from '../../../../../src/core/device';
import { newcomer } from '../../../../../src/core/device-record';
import { Entry } from '../../../../../src/store/sqlite/fleet/fleet-entry';
import { UnpackedRecords } from '../../../../../src/store/sqlite/fleet/unpacked-records';

function entriesOf(...ids: readonly string[]) {
  const slabs = new ByteSlabs();
  const unpacked = new UnpackedRecords(() => ids.length);
  return ids.map((id) => new Entry(newcomer(newDevice(id, 'admitted', new Date(0))), unpacked, slabs));
}

describe('a device in memory', () => {
  it('is the same after it was packed, also again and again', () => {
    for (const entry of entriesOf('a', 'b')) {
      const { record } = entry;
      for (let times = 0; times < 3; times += 1) {
        entry.pack();
        expect(entry.isPacked).toBe(true);
        entry.pack();
        expect(entry.record).toEqual(record);
        expect(entry.isPacked).toBe(false);
      }
    }
  });

  it('is what became of it since it was packed', () => {
    for (const entry of entriesOf('a')) {
      for (const notes of ['first', 'second']) {
        entry.pack();
        entry.record = { ...entry.record, device: { ...entry.record.device, notes } };
        entry.pack();
        expect(entry.record.device.notes).toBe(notes);
      }
    }
  });

  it.each([true, false])(
    'is what it was for who holds it after it has left and its place is another one (packed: %s)',
    (isPacked) => {
      const [left, next] = entriesOf('left', 'next');
      if (left === undefined || next === undefined) throw new Error('no entries');
      const { record } = left;
      left.pack();
      if (!isPacked) expect(left.record).toEqual(record);
      left.leave();
      next.pack();
      left.pack();
      expect(left.record).toEqual(record);
      expect(next.record.device.id).toBe('next');
      left.record = { ...record, device: { ...record.device, notes: 'later' } };
      left.pack();
      next.pack();
      expect(left.record.device.notes).toBe('later');
      expect(next.record.device.notes).toBe(record.device.notes);
    },
  );
});
