import type { Bundle } from '../../../../../src/core/bundle';
import type { Offer } from '../../../../../src/core/offer';
import { ManifestDocuments } from '../../../../../src/http/device/rauc/manifest-document';
import { bundleOf, releaseOf } from '../../../../support/fleet-factory';

const url = 'https://updates.example.com';
const offerOf = (bundle: Bundle, change: { compatible?: string; releasedAt?: Date } = {}): Offer => {
  const { compatible = 'board' } = change;
  const release = releaseOf(compatible, { bundle, ...change });
  return { kind: 'bundle', compatible, bundle, release, step: 0 };
};

it('writes the manifest of an offer once for all devices', () => {
  const documents = new ManifestDocuments();
  const bundle = bundleOf('board');
  const first = documents.of(offerOf(bundle), url);
  expect(JSON.parse(first.json)).toMatchObject({ filename: bundle.name, sha256: bundle.sha256 });
  expect(first.sizeBytes).toBe(Buffer.byteLength(first.json));
  expect(documents.of(offerOf(bundle), url)).toBe(first);
});

it('writes another one when anything differs', () => {
  const documents = new ManifestDocuments();
  const bundle = bundleOf('board');
  const written = [
    documents.of(offerOf(bundle), url),
    documents.of(offerOf(bundle), 'https://other.example.com'),
    documents.of(offerOf(bundle, { compatible: 'other-board' }), url),
    documents.of(offerOf(bundle, { releasedAt: new Date('2027-01-01T00:00:00Z') }), url),
    documents.of(offerOf({ ...bundle, sizeBytes: 1 }), url),
    documents.of(
      {
        kind: 'nothing',
        compatible: 'board',
        reason: 'cancelled',
        because: { code: 'cancelled', parameters: {} } as never,
      },
      url,
    ),
  ];
  expect(new Set(written.map(({ etag }) => etag)).size).toBe(written.length);
  expect(documents.of(offerOf(bundle), url)).toEqual(written[0]);
});
