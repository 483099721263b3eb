import { attentionReason, attentionSentence } from '../../../src/core/reasons/attention/sentences';

const sentence = (...of: Parameters<typeof attentionReason>) => attentionSentence(attentionReason(...of));

describe('what needs attention', () => {
  it.each(['ca-certificate-expiring', 'server-certificate-expiring'] as const)(
    'says what a certificate cuts off now, and what it will: %s',
    (code) => {
      expect(sentence(code, { days: -1 })).toMatch(/ certificate has expired: devices cannot connect$/);
      expect(sentence(code, { days: 0 })).toMatch(/ expires within a day: devices cannot connect then$/);
    },
  );

  it('counts one device as one', () => {
    const of = (ids: readonly string[]) => sentence('other-compatible', { devices: ids.length, ids });
    expect(of(['a'])).toMatch(/^1 device that reports a different compatible than its certificate: a\. /);
    expect(of(['a', 'b'])).toMatch(
      /^2 devices that report a different compatible than their certificate: a, b\. /,
    );
  });
});
