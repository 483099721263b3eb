import {
  type DeviceCursor,
  type DeviceOrder,
  readCursor,
  writeCursor,
} from '../../../../src/store/rows/device-cursor';
import { refusal } from '../../../support/refusal';

const order: DeviceOrder = { sort: 'version', isDescending: false };
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each<[DeviceOrder, DeviceCursor]>([
  [order, { value: '1.0.0', id: 'board-1' }],
  [order, { value: '', id: 'board-1' }],
  [order, { value: null, id: 'board-1' }],
  [
    { sort: 'id', isDescending: true },
    { value: 'ä"\\', id: 'ä"\\' },
  ],
  [
    { sort: 'last_contact', isDescending: true },
    { value: null, id: '' },
  ],
])('of the order %j comes back as it was: %j', (itsOrder, cursor) => {
  const text = writeCursor(itsOrder, cursor);
  expect(text).toMatch(/^[\w-]+$/); // nothing that an address would escape
  expect(readCursor(text, itsOrder)).toEqual(cursor);
});

it.each([
  ['of another sort', encoded(['id', false, '1.0.0', 'a'])],
  ['of the other direction', encoded(['version', true, '1.0.0', 'a'])],
  ['without an id', encoded(['version', false, '1.0.0'])],
  ['without a value', encoded(['version', false])],
  ['with a number', encoded(['version', false, 1, 'a'])],
  ['with an id that is none', encoded(['version', false, '1.0.0', 1])],
  ['with an object', encoded(['version', false, {}, 'a'])],
  ['that is not a list', encoded({ 0: 'version', 1: false, 2: '1.0.0', 3: 'a' })],
  ['that is null', encoded(null)],
  ['that is not JSON', Buffer.from('["version",').toString('base64url')],
  ['that is nothing', ''],
])('is refused %s', (_what, text) => {
  expect(() => readCursor(text, order)).toThrow(refusal('invalid-input'));
});
