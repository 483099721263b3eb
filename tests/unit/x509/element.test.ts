import { expectTag, readElement, readElements } from '../../../src/x509/element';
import { Fields } from '../../../src/x509/fields';
import { explicit, implicit, tags } from '../../../src/x509/tags';
import { malformed } from '../../support/malformed';
import { hex } from '../../support/x509-bytes';

const der = (text: string) => readElement(hex(text), 'DER');
const ber = (text: string) => readElement(hex(text), 'BER');
const misplaced = malformed(/missing, or is where none may/);

describe('an element', () => {
  it('has its tag, its content and its bytes as they stood', () => {
    expect(der('04 02 aa bb')).toMatchObject({
      tag: tags.octetString,
      content: hex('aa bb'),
      raw: hex('04 02 aa bb'),
      hasShortestLength: true,
      isConstructed: false,
    });
    expect(ber('30 80 05 00 00 00')).toMatchObject({
      content: hex('05 00'),
      raw: hex('30 80 05 00 00 00'),
      hasShortestLength: false,
      isConstructed: true,
    });
    expect(ber('1f 21 01 aa')).toMatchObject({ tag: 0x1f, content: hex('aa'), hasShortestLength: false });
  });

  it.each([
    ['04 81 01 aa', false],
    ['04 82 00 80' + '00'.repeat(128), false],
    ['04 01 aa', true],
    ['04 81 80' + '00'.repeat(128), true],
  ])('knows whether its length is the shortest: %s', (bytes, isShortest) => {
    expect(ber(bytes).hasShortestLength).toBe(isShortest);
  });

  it('is all of the bytes', () => {
    expect(() => der('05 00 05 00')).toThrow(malformed(/follows its end/));
    expect(() => der('')).toThrow(malformed(/cut short/));
  });

  it('has members, which are read as it was', () => {
    expect(
      der('30 04 05 00 02 00')
        .members()
        .map(({ raw }) => raw),
    ).toEqual([hex('05 00'), hex('02 00')]);
    expect(der('30 00').members()).toEqual([]);
    expect(ber('04 03 04 81 00').members()).toHaveLength(1);
    expect(() => der('04 03 04 81 00').members()).toThrow(malformed(/shortest/));
  });

  it('holds one other', () => {
    expect(der('a0 03 02 01 05').inner()).toMatchObject({ tag: tags.integer, content: hex('05') });
    expect(() => der('a0 04 05 00 05 00').inner()).toThrow(malformed(/follows its end/));
    expect(() => der('a0 00').inner()).toThrow(malformed(/cut short/));
    expect(ber('04 03 04 81 00').inner().content).toHaveLength(0);
    expect(() => der('04 03 04 81 00').inner()).toThrow(malformed(/shortest/));
  });

  it('has the tag that is expected', () => {
    const element = der('05 00');
    expect(expectTag(element, tags.null)).toBe(element);
    expect(() => expectTag(element, tags.integer)).toThrow(misplaced);
    expect(() => expectTag(undefined, tags.null)).toThrow(misplaced);
  });
});

it('elements follow one another to the end of the bytes', () => {
  expect(readElements(hex('05 00 02 01 07'), 'DER').map(({ tag }) => tag)).toEqual([5, 2]);
  expect(readElements(hex(''), 'DER')).toEqual([]);
  expect(() => readElements(hex('05 00 02'), 'DER')).toThrow(malformed(/cut short/));
});

describe('the fields of a SEQUENCE', () => {
  const fields = () => new Fields(der('30 07 02 01 05 05 00 80 00'));

  it('are taken from the front', () => {
    const taken = fields();
    expect(taken.take(tags.boolean, tags.integer).content).toEqual(hex('05'));
    expect(taken.takeIf(implicit(0))).toBeUndefined();
    expect(taken.takeIf(tags.integer, tags.null)?.tag).toBe(tags.null);
    expect(taken.takeAny()?.tag).toBe(0x80);
    expect(taken.takeAny()).toBeUndefined();
    expect(taken.takeIf(tags.null)).toBeUndefined();
    expect(() => taken.take(tags.null)).toThrow(misplaced);
    expect(() => taken.end()).not.toThrow();
  });

  it('are refused in another place, and where one is left', () => {
    expect(() => fields().take(tags.null)).toThrow(misplaced);
    expect(() => fields().end()).toThrow(misplaced);
  });

  it('are those of a SEQUENCE, or of what stands in its place', () => {
    expect(() => new Fields(der('31 00'))).toThrow(misplaced);
    expect(() => new Fields(undefined)).toThrow(misplaced);
    expect(() => new Fields(der('a1 00'), explicit(1))).not.toThrow();
    expect(() => new Fields(der('30 00'), explicit(1))).toThrow(misplaced);
  });
});

it('tags of a context are primitive in the place of another, and constructed around one', () => {
  expect([implicit(0), implicit(2), explicit(0), explicit(3)]).toEqual([0x80, 0x82, 0xa0, 0xa3]);
});
