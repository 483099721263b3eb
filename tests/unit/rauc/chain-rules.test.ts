import { sayWhy } from '../../../src/core/circumstances/sentences';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseCertificate, type ParsedCertificate } from '../../../src/rauc/certificate';
import type { ChainFacts } from '../../../src/rauc/chain-facts';
import { checkRules } from '../../../src/rauc/chain-rules';
import type { VerificationProfile } from '../../../src/rauc/profile';
import { extensionOids, keyPurposes } from '../../../src/x509/extensions';
import { attributeOids } from '../../../src/x509/name';
import { testNow } from '../../support/bundle-surgery';
import { bundleSigner } from '../../support/test-pki';

/** Signer, middle and root of a chain that keeps all rules; a test changes what one of them says. */
let sound: readonly [ParsedCertificate, ParsedCertificate, ParsedCertificate];
let stranger: ParsedCertificate;

async function read(file: string): Promise<ParsedCertificate> {
  return parseCertificate(new X509Certificate(await readFile(file)).raw);
}

beforeAll(async () => {
  const { certPath, intermediates, caPath } = await bundleSigner('intermediate');
  sound = [await read(certPath), await read(intermediates[0] ?? ''), await read(caPath)];
  stranger = await read((await bundleSigner('rsa')).certPath);
});

type Saying = Partial<ParsedCertificate>;
type Sayings = readonly [signer?: Saying, middle?: Saying, root?: Saying];

function judge(sayings: Sayings = [], profile: Partial<VerificationProfile> = {}, at = testNow) {
  const chain = sound.map((certificate, index) => ({ ...certificate, ...sayings[index] }));
  const facts: ChainFacts = {
    chain,
    keyring: { certificates: [], revocationLists: [] },
    profile: {
      anchorsPem: null,
      purpose: 'smimesign',
      allowPartialChain: false,
      checkCrl: false,
      timeSource: 'clock',
      allowedSignerCns: [],
      ...profile,
    },
    at,
    untrustedLists: [],
  };
  const problem = checkRules(facts);
  return problem === null ? null : [problem.code, sayWhy(problem.message)];
}

const said = (code: string, message: RegExp) => [code, expect.stringMatching(message) as string];

it('a chain that keeps all rules has no problem', () => {
  expect(judge()).toBeNull();
  expect(judge([], { purpose: 'any' })).toBeNull();
});

describe('keys and signatures', () => {
  it('must be of a kind that is known', () => {
    expect(judge([{ publicKey: null }])).toEqual(said('chain-weak', /^"Signer intermediate": a key of/));
    expect(judge([{}, {}, { publicKey: null }])).toEqual(said('chain-weak', /^"Signer|^"Middle/));
  });

  it('must go together', () => {
    const { publicKey } = stranger;
    expect(judge([{}, {}, { publicKey }])).toEqual(said('chain-weak', /^"Middle of intermediate": /));
  });

  it('must have been made by the issuer', () => {
    const { publicKey } = sound[0];
    expect(judge([{}, { publicKey }])).toEqual(
      said('chain-incomplete', /^"Signer intermediate" was not signed by the first "Middle of intermediate"/),
    );
  });
});

describe('what is not understood', () => {
  it('is named', () => {
    expect(judge([{}, { notUnderstood: ['1.2.3', '1.2.4'] }])).toEqual(
      said('chain-critical-extension', /^"Middle of intermediate" has extensions 1\.2\.3, 1\.2\.4 that/),
    );
  });
});

describe('the authorities', () => {
  it('must be some', () => {
    const notOne = said('chain-not-a-ca', /^"Middle of intermediate" may not issue certificates/);
    expect(judge([{}, { isCa: false }])).toEqual(notOne);
    expect(judge([{}, { maySign: false }])).toEqual(notOne);
    expect(judge([{ isCa: false, maySign: false }])).toBeNull();
  });

  it('may be so many as those above allow', () => {
    expect(judge([{}, { pathLength: 0 }, { pathLength: 1 }])).toBeNull();
    expect(judge([{}, {}, { pathLength: 0 }])).toEqual(
      said('chain-path-length', /^"Root of intermediate" allows 0 CAs below it, but there are 1$/),
    );
    expect(judge([{}, { selfIssued: true }, { pathLength: 0 }])).toBeNull();
  });
});

describe('names below an authority that limits them', () => {
  const limits = (change: object) => ({ permitted: [], excluded: [], hasOthers: false, ...change });
  const outside = (limiting: RegExp) => said('chain-name', limiting);

  it('must be inside, those of the authorities too', () => {
    expect(judge([{}, { nameLimits: limits({}) }, { nameLimits: limits({}) }])).toBeNull();
    const excluded = [sound[1].subjectName];
    expect(judge([{}, {}, { nameLimits: limits({ excluded }) }])).toEqual(
      outside(/^"Root of intermediate" limits .* and "Middle of intermediate" is outside/),
    );
    expect(judge([{}, { nameLimits: limits({ excluded }) }])).toBeNull();
  });

  it('may be any of an authority that issued itself, not of a signer', () => {
    const nameLimits = limits({ excluded: [sound[1].subjectName, sound[0].subjectName] });
    expect(judge([{}, { selfIssued: true, nameLimits }, {}])).toEqual(outside(/"Signer intermediate"/));
    const ofMiddle = limits({ excluded: [sound[1].subjectName] });
    expect(judge([{}, { selfIssued: true }, { nameLimits: ofMiddle }])).toBeNull();
    expect(judge([{ selfIssued: true }, { nameLimits }])).toEqual(outside(/"Signer intermediate"/));
  });

  it('must be none that cannot be told to be inside', () => {
    const nameLimits = limits({});
    const mail = [...sound[0].subject, { type: attributeOids.emailAddress, text: 'a@b' }];
    const alternative = [{ id: extensionOids.subjectAltName, isCritical: false }];
    for (const names of [{ subject: mail }, { extensions: alternative }] as Saying[]) {
      expect(judge([names, { nameLimits }])).toEqual(outside(/cannot be checked against them/));
      expect(judge([names])).toBeNull();
    }
  });
});

describe('the time', () => {
  const [before, after] = [-1, 1].map((ms) => new Date(testNow.getTime() + ms)) as [Date, Date];

  it('is from the first moment of each certificate, and before its last', () => {
    expect(judge([{ notBefore: testNow, notAfter: after }])).toBeNull();
    expect(judge([{}, { notBefore: after }])).toEqual(
      said('chain-not-yet-valid', /^"Middle of intermediate" is valid from 2026-11-15T12:00:00\.001Z$/),
    );
    for (const notAfter of [testNow, before])
      expect(judge([{ notAfter }])).toEqual(
        said('chain-expired', new RegExp(`^"Signer intermediate" expired at ${notAfter.toISOString()}$`)),
      );
  });
});

describe('the purpose', () => {
  const { codeSigning, emailProtection } = keyPurposes;
  const keyUsage = (...bits: string[]) => ({ keyUsage: new Set(bits) }) as Saying;
  const wrong = (purpose: string) =>
    said('chain-purpose', new RegExp(`^"Signer intermediate" may not .* check-purpose=${purpose}$`));

  it('is signing mail by default, unless the signer says that it is another', () => {
    expect(judge([{ extendedKeyUsage: [emailProtection, codeSigning] }])).toBeNull();
    expect(judge([{ extendedKeyUsage: [codeSigning] }])).toEqual(wrong('smimesign'));
    expect(judge([keyUsage('digitalSignature')])).toBeNull();
    expect(judge([keyUsage('nonRepudiation')])).toBeNull();
    expect(judge([keyUsage('keyAgreement')])).toEqual(wrong('smimesign'));
  });

  it('is signing mail for an old Netscape type of mail or clients alone', () => {
    for (const netscapeType of [0x20, 0x80, 0xff]) expect(judge([{ netscapeType }])).toBeNull();
    for (const netscapeType of [0, 0x40]) expect(judge([{ netscapeType }])).toEqual(wrong('smimesign'));
  });

  it('is signing code where the signer says so', () => {
    const profile = { purpose: 'codesign' } as const;
    expect(judge([{ extendedKeyUsage: [codeSigning], netscapeType: 0 }], profile)).toBeNull();
    expect(judge([{}], profile)).toEqual(wrong('codesign'));
    expect(judge([{ extendedKeyUsage: [emailProtection] }], profile)).toEqual(wrong('codesign'));
    const unsure = { extendedKeyUsage: [codeSigning], ...keyUsage('nonRepudiation') };
    expect(judge([unsure], profile)).toEqual(wrong('codesign'));
  });

  it('may be limited by an authority, and is not asked where any will do', () => {
    const middle = { extendedKeyUsage: [codeSigning] };
    expect(judge([{}, middle])).toEqual(said('chain-purpose', /^"Middle of intermediate" may not/));
    expect(judge([{}, { extendedKeyUsage: [emailProtection] }])).toBeNull();
    expect(judge([keyUsage('keyAgreement'), middle], { purpose: 'any' })).toBeNull();
  });
});

describe('the name of the signer', () => {
  const allowed = { allowedSignerCns: ['Other', 'Signer intermediate'] };

  it('is the only one, and one of those that are allowed', () => {
    expect(judge([], allowed)).toBeNull();
    const refused = said('chain-signer-name', /^the signer ".*" is not one of the allowed ones$/);
    expect(judge([], { allowedSignerCns: ['Other'] })).toEqual(refused);
    expect(judge([{ commonNames: ['Signer intermediate', 'Other'] }], allowed)).toEqual(refused);
    for (const commonNames of [[], [null]]) expect(judge([{ commonNames }], allowed)).toEqual(refused);
  });
});

describe('revocation lists', () => {
  it('are asked for where the profile wants them, of each issuer', () => {
    expect(judge([], { checkCrl: true })).toEqual(
      said('chain-no-crl', /no current revocation list of "Middle of intermediate"$/),
    );
  });
});
