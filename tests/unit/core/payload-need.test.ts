import type { Image, Manifest } from '../../../src/core/inspection';
import { payloadNeed } from '../../../src/core/payload-need';
import { bundleOf } from '../../support/fleet-factory';

const image: Image = {
  slotClass: 'rootfs',
  variant: null,
  artifact: null,
  filename: 'rootfs.img',
  type: 'raw',
  sha256: null,
  sizeBytes: 3000,
  hooks: [],
  adaptive: [],
  convert: [],
  converted: [],
};

/** A payload of 1,000 bytes and a hash tree of 200. */
function needOf(images: readonly Image[], change: Partial<Manifest> = {}) {
  const bundle = bundleOf('board');
  const { manifest } = bundle.inspection;
  if (manifest === null) throw new Error('it has a manifest');
  const changed = { ...manifest, veritySizeBytes: 200, images, ...change };
  return payloadNeed({
    ...bundle,
    inspection: { ...bundle.inspection, payloadSizeBytes: 1200, manifest: changed },
  });
}

const unknown = { leastBytes: 0, wholeBytes: 0 };

describe('what an installation reads of a payload', () => {
  it('is at least half of what one image takes, and nearly all in the end', () => {
    expect(needOf([image])).toEqual({ leastBytes: 500, wholeBytes: 900 });
    expect(needOf([{ ...image, sizeBytes: null }])).toEqual({ leastBytes: 500, wholeBytes: 900 });
  });

  it("is at least the smallest image's share, with room for its compression", () => {
    const images = [image, { ...image, slotClass: 'app', sizeBytes: 1000 }];
    expect(needOf(images)).toEqual({ leastBytes: 31, wholeBytes: 900 });
  });

  it('is at least nothing where a size is not told', () => {
    expect(needOf([image, { ...image, sizeBytes: null }]).leastBytes).toBe(0);
    const unsized = { ...image, sizeBytes: null };
    expect(needOf([unsized, unsized])).toEqual({ leastBytes: 0, wholeBytes: 900 });
  });

  it('is no more than one image where there are variants', () => {
    expect(needOf([{ ...image, variant: 'a' }])).toEqual({ leastBytes: 500, wholeBytes: 500 });
    expect(needOf([image, { ...image, variant: 'a' }])).toEqual({ leastBytes: 62, wholeBytes: 62 });
  });

  it('counts all of the payload without a hash tree, and never less than nothing', () => {
    expect(needOf([image], { veritySizeBytes: null })).toEqual({ leastBytes: 600, wholeBytes: 1080 });
    expect(needOf([image], { veritySizeBytes: 5000 })).toEqual(unknown);
  });

  it('counts the file where the size of its payload is not known', () => {
    const bundle = bundleOf('board');
    const manifest = { ...bundle.inspection.manifest, images: [image] } as Manifest;
    const inspection = { ...bundle.inspection, payloadSizeBytes: null, manifest };
    expect(payloadNeed({ sizeBytes: 1000, inspection })).toEqual({ leastBytes: 500, wholeBytes: 900 });
  });

  it.each<[string, Partial<Image>]>([
    ['has no file', { filename: null }],
    ['is an artifact', { artifact: 'app' }],
    ['is read by casync', { filename: 'rootfs.caibx' }],
    ['is read by casync as a tree', { filename: 'rootfs.caidx' }],
    ['is empty', { type: 'emptyfs' }],
    ['is adaptive', { adaptive: ['block-hash-index'] }],
    ['is converted', { convert: ['tar-extract'] }],
    ['has a hook that installs', { hooks: ['pre-install', 'install'] }],
  ])('is unknown when an image %s', (_what, change) => {
    expect(needOf([{ ...image, ...change }])).toEqual(unknown);
    expect(needOf([image, { ...image, ...change }])).toEqual(unknown);
  });

  it.each<[string, Partial<Image>]>([
    ['a hook beside the installing', { hooks: ['pre-install', 'post-install'] }],
    ['a name that looks a little like an index', { filename: 'rootfs.caibx.img' }],
    ['another such name', { filename: 'rootfscaibx' }],
    ['a third one', { filename: 'rootfs.cax' }],
  ])('is known in spite of %s', (_what, change) => {
    expect(needOf([{ ...image, ...change }])).toEqual(needOf([image]));
  });

  it('is unknown of a bundle without images, with a handler, encrypted, or without a manifest', () => {
    expect(needOf([])).toEqual(unknown);
    expect(needOf([image], { handler: { filename: 'install.sh', args: null } })).toEqual(unknown);
    const { inspection, sizeBytes } = bundleOf('board');
    const manifest = { ...inspection.manifest, images: [image] } as Manifest;
    expect(payloadNeed({ sizeBytes, inspection: { ...inspection, manifest, encrypted: true } })).toEqual(
      unknown,
    );
    expect(payloadNeed({ sizeBytes, inspection: { ...inspection, manifest: null } })).toEqual(unknown);
  });
});
