import { devices } from '../../../src/dashboard/texts/english/devices';

const { fields, pinDialog } = devices;

const sentences = [
  ['hold', fields.holdHint],
  ['channel', fields.channelHint],
  ['labels', fields.noLabels],
  ['admit', fields.admitHint],
  ['pin', pinDialog.hint],
  ['no bundle', pinDialog.noBundle],
] as const;

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
