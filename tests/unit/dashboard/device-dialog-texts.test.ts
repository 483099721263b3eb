import { loadModule } from '../../support/page-parts';

type Sentences = Readonly<Record<string, (count: number) => string>>;

const { fields, pinDialog } = loadModule('texts/english/devices.ts')['devices'] as {
  readonly fields: Sentences;
  readonly pinDialog: Sentences;
};

const sentences: [string, (count: number) => string][] = [
  ['hold', pick(fields, 'holdHint')],
  ['channel', pick(fields, 'channelHint')],
  ['labels', pick(fields, 'noLabels')],
  ['admit', pick(fields, 'admitHint')],
  ['pin', pick(pinDialog, 'hint')],
  ['no bundle', pick(pinDialog, 'noBundle')],
];

function pick(texts: Sentences, name: string): (count: number) => string {
  const sentence = texts[name];
  if (sentence === undefined) throw new Error(`no text ${name}`);
  return sentence;
}

describe('the sentences of the dialogs that act on devices', () => {
  it.each(sentences)('speak of one device in the singular: %s', (_name, sentence) => {
    expect(sentence(1)).toMatch(/\b(it|its)\b/i);
    expect(sentence(1)).not.toMatch(/\b(they|them|their)\b/i);
  });

  it.each(sentences)('speak of several devices in the plural: %s', (_name, sentence) => {
    expect(sentence(2)).toMatch(/\b(they|them|their)\b/i);
    expect(sentence(2)).not.toMatch(/\bit\b/i);
  });
});
