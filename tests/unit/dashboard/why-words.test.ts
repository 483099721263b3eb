import { factWords, findingWords } from '../../../src/dashboard/why-words';

const fromServer = 'the sentence of the server';

describe("the page's own words", () => {
  it('are for what was found in a bundle, also within another reason', () => {
    const finding = {
      code: 'chain-weak',
      message: fromServer,
      reason_code: 'chain-weak',
      reason_parameters: {
        name: '"Signer"',
        why: { code: 'rsa-key-too-weak', parameters: { bits: 1024 } },
      },
    };
    expect(findingWords(finding)).toBe('"Signer": an RSA key of 1024 bits is too weak');
    const sizes = { size_bytes: 1, stated_bytes: 2 };
    const images = [{ code: 'file-size', parameters: { name: 'a.img', ...sizes } }];
    const parameters = { images, count: 1 };
    expect(
      findingWords({ ...finding, reason_code: 'file-sizes-wrong', reason_parameters: parameters }),
    ).toContain('a.img (1 byte; the manifest says 2)');
  });

  it('are not for what a newer server found, or an earlier one wrote', () => {
    const finding = { code: 'x', message: fromServer, reason_code: null, reason_parameters: null };
    expect(findingWords(finding)).toBe(fromServer);
    expect(findingWords({ ...finding, reason_code: 'of-a-later-version', reason_parameters: {} })).toBe(
      fromServer,
    );
    expect(findingWords({ ...finding, reason_code: 'chain-expired', reason_parameters: {} })).toBe(
      fromServer,
    );
  });

  it('are for a reason among the facts of an event', () => {
    const facts = { reason: fromServer, reason_code: 'database-older', reason_parameters: {}, by: 'server' };
    expect(factWords(facts)).toEqual({
      reason: 'the database was restored from an older copy',
      by: 'server',
    });
    expect(factWords({ reason: 'on a desk' })).toEqual({ reason: 'on a desk' });
    expect(factWords(null)).toEqual({});
  });
});
