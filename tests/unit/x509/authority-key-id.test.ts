import { readElement } from '../../../src/x509/element';
import { readAuthorityKeyId, untoldAuthorityKeyId } from '../../../src/x509/authority-key-id';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { hex, nameOf } from '../../support/x509-bytes';

const der = (bytes: Buffer) => readElement(bytes, 'DER');
const misplaced = malformed(/missing, or is where none may/);

const directory = (text: string) => tlv(0xa4, nameOf(text));
const dns = tlv(0x82, Buffer.from('a.example'));

describe('an authority key identifier', () => {
  const keyId = tlv(0x80, hex('aa bb'));
  const serial = tlv(0x82, hex('01 02'));
  const of = (...parts: readonly Buffer[]) => readAuthorityKeyId(der(tlv(0x30, Buffer.concat(parts))));

  it('tells by what the issuer is known', () => {
    expect(of()).toEqual({ keyId: null, issuerName: null, serial: null });
    expect(of()).toEqual(untoldAuthorityKeyId);
    expect(of(keyId)).toEqual({ ...untoldAuthorityKeyId, keyId: 'aabb' });
    expect(of(serial)).toEqual({ ...untoldAuthorityKeyId, serial: '0102' });
    expect(of(keyId, tlv(0xa1, directory('Root')), serial)).toEqual({
      keyId: 'aabb',
      issuerName: '2.5.4.3="root"',
      serial: '0102',
    });
  });

  it('takes the first directory name, as OpenSSL does', () => {
    expect(of(tlv(0xa1, Buffer.concat([dns, directory('a'), directory('b')]))).issuerName).toBe(
      '2.5.4.3="a"',
    );
    expect(of(tlv(0xa1, dns)).issuerName).toBeNull();
  });

  it.each<[what: string, parts: readonly Buffer[]]>([
    ['another order', [serial, keyId]],
    ['something else', [hex('05 00')]],
    ['something behind', [keyId, hex('05 00')]],
    ['a directory name that is none', [tlv(0xa1, tlv(0xa4, hex('05 00')))]],
  ])('is refused with %s', (_, parts) => {
    expect(() => of(...parts)).toThrow(misplaced);
  });

  it('is refused when it is not a SEQUENCE', () => {
    expect(() => readAuthorityKeyId(der(hex('05 00')))).toThrow(misplaced);
  });
});
