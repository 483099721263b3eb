import { sayWhy } from '../../../src/core/circumstances/sentences';
import { parseManifest } from '../../../src/rauc/manifest';

const hex = 'ab'.repeat(32);
const verity = `[update]\ncompatible=board\nversion=1\n[bundle]\nformat=verity\nverity-hash=${hex}\nverity-salt=${hex}\nverity-size=4096\n`;
const image = `[image.rootfs]\nfilename=r.img\nsha256=${hex}\nsize=1\n`;
const parse = (text: string) => parseManifest(Buffer.from(text), 'signature');
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('parseManifest', () => {
  it('reads every key', () => {
    const { manifest, problems } = parse(
      `[update]\ncompatible=board\nversion=1\ndescription=d\nbuild=b\nmin-rauc-version=1.15\n[bundle]\nformat=verity\nverity-hash=${hex}\nverity-salt=${hex}\nverity-size=4096\n` +
        `[hooks]\nfilename=h\nhooks=install-check;\n[handler]\nfilename=i\nargs=a b\n[rollout]\nanything=goes\n` +
        `[image.rootfs.rev.2]\nfilename=r.img\ntype=ext4\nsha256=${hex}\nsize=7\nhooks=pre-install;post-install\nadaptive=block-hash-index;new\nconvert=a;b\nconverted=c;d\nversion=x\n` +
        `[image.files/docs]\nfilename=d\nsha256=${hex}\nsize=0\n[meta.x-1]\n1_k=v\n`,
    );
    expect(problems).toEqual([]);
    expect(manifest).toEqual({
      compatible: 'board',
      version: '1',
      description: 'd',
      build: 'b',
      minRaucVersion: '1.15',
      format: 'verity',
      verityHash: hex,
      veritySalt: hex,
      veritySizeBytes: 4096,
      hooks: { filename: 'h', hooks: ['install-check'] },
      handler: { filename: 'i', args: 'a b' },
      images: [
        {
          slotClass: 'rootfs',
          variant: 'rev.2',
          artifact: null,
          filename: 'r.img',
          type: 'ext4',
          sha256: hex,
          sizeBytes: 7,
          hooks: ['pre-install', 'post-install'],
          adaptive: ['block-hash-index', 'new'],
          convert: ['a', 'b'],
          converted: ['c', 'd'],
        },
        {
          slotClass: 'files',
          variant: null,
          artifact: 'docs',
          filename: 'd',
          type: null,
          sha256: hex,
          sizeBytes: 0,
          hooks: [],
          adaptive: [],
          convert: [],
          converted: [],
        },
      ],
      meta: { 'x-1': { '1_k': 'v' } },
    });
  });

  it.each([
    ['an unknown format', verity.replace('verity\n', 'zip\n'), /unknown format "zip"/],
    ['an unknown group', `${verity}[slots]\nk=v\n`, /unknown group \["slots"\]/],
    [
      'an unknown key of an image',
      `${verity}${image}colour=red\n`,
      /\[image.rootfs\] .* unknown key "colour"/,
    ],
    ['an unknown hook', `${verity}${image}hooks=before\n`, /unknown value "before" in hooks/],
    [
      'an unknown hook of the bundle',
      `${verity}[hooks]\nfilename=h\nhooks=pre-install\n`,
      /unknown value "pre-install" in hooks/,
    ],
    ['an unknown type', `${verity}${image}type=ntfs\n`, /unknown type "ntfs"/],
    [
      'a file name that tells no type',
      `${verity}[image.rootfs]\nfilename=r.bin\n`,
      /filename "r.bin" does not imply one/,
    ],
    [
      'neither a type nor a file name',
      `${verity}[image.rootfs]\nhooks=pre-install\n`,
      /neither a type nor a filename/,
    ],
    ['an emptyfs with a file', `${verity}${image}type=emptyfs\n`, /emptyfs cannot have/],
    ['an empty file name', `${verity}[image.rootfs]\nfilename=\ntype=raw\n`, /no value for filename/],
    ['an empty type', `${verity}${image}type=\n`, /no value for type/],
    ['a type on an artifact', `${verity}[image.a/b]\nfilename=r.img\ntype=raw\n`, /artifact cannot have/],
    ['an artifact without a file', `${verity}[image.a/b]\nsize=1\n`, /artifact must have/],
    [
      'a crypt-key in a verity bundle',
      verity.replace('verity-size', `crypt-key=${hex}\nverity-size`),
      /unknown key "crypt-key"/,
    ],
    ['a crypt bundle without a key', verity.replace('verity\n', 'crypt\n'), /no crypt-key/],
    ['no hash tree', verity.replace(/verity-size.*\n/, ''), /no verity-size/],
    [
      'a path in converted',
      `${verity}${image}convert=a\nconverted=../a\n`,
      /path "\.\.\/a" instead of a file name/,
    ],
    ['a path in the hook', `${verity}[hooks]\nfilename=../h\n`, /path "\.\.\/h" instead of a file name/],
    ['the folder for a file', `${verity}[hooks]\nfilename=.\n`, /path "." instead of a file name/],
    ['the folder above for a file', `${verity}[hooks]\nfilename=..\n`, /path ".." instead of a file name/],
    ['a digest of another length', verity + image.replace(hex, 'abc'), /sha256 that is not 64 hex digits/],
    [
      'a digest with more behind it',
      verity + image.replace(hex, `${hex}a`),
      /sha256 that is not 64 hex digits/,
    ],
    [
      'a digest with more before it',
      verity + image.replace(hex, `x${hex}`),
      /sha256 that is not 64 hex digits/,
    ],
    ['arguments without a handler', `${verity}[handler]\nargs=a\n`, /args without filename/],
    ['two dots in a meta group', `${verity}[meta.a.b]\nk=v\n`, /group \["meta.a.b"\] is malformed/],
    ['a dot at the end of a meta key', `${verity}[meta.a]\nk.=v\n`, /key "k." in \[meta.a\] is malformed/],
    ['a dot at the begin of a meta key', `${verity}[meta.a]\n.k=v\n`, /key ".k" in \[meta.a\] is malformed/],
    ['an empty meta value', `${verity}[meta.a]\nk=\n`, /key "k" in \[meta.a\] is malformed or empty/],
    ['an empty slot class', `${verity}[image..a]\nfilename=r.img\n`, /empty slot class/],
    ['an empty variant', `${verity}[image.rootfs.]\nfilename=r.img\n`, /empty slot class, variant/],
    ['an empty artifact', `${verity}[image.files/]\nfilename=r\n`, /or artifact name/],
    ['an artifact of no repository', `${verity}[image./a]\nfilename=r\n`, /empty slot class/],
    ['an empty compatible', verity.replace('board', ''), /no compatible/],
  ])('refuses %s, and says why', (_name, text, why) => {
    expect(() => parse(text)).toThrow(refused('manifest-content'));
    expect(() => parse(text)).toThrow(why);
  });

  it('is found where its format has it alone', () => {
    const place = /manifest says (verity|plain), but it is in the (payload|signature) /;
    for (const misplaced of [
      () => parseManifest(Buffer.from(verity + image), 'payload'),
      () => parse('[update]\ncompatible=b\n'),
    ]) {
      expect(misplaced).toThrow(refused('format-mismatch'));
      expect(misplaced).toThrow(place);
    }
  });

  it('takes digests of either case, and what RAUC reads and does not use', () => {
    const text = `${verity}${image.replace(hex, hex.toUpperCase())}version=1\ndescription=d\nbuild=b\n`;
    expect(parse(text).manifest.images).toMatchObject([{ sha256: hex.toUpperCase() }]);
  });

  it('refuses artifacts, convert and hash trees in a plain bundle', () => {
    const plain = (more: string) => parseManifest(Buffer.from(`[update]\ncompatible=b\n${more}`), 'payload');
    expect(plain(image).manifest).toMatchObject({ format: 'plain', verityHash: null });
    const notInPlain = /artifacts or convert, which a plain bundle cannot have/;
    for (const more of ['[image.a/b]\nfilename=r\n', `${image}convert=x\n`, `${image}converted=x\n`])
      expect(() => plain(more)).toThrow(notInPlain);
    expect(() => plain(`[bundle]\nverity-size=4096\n`)).toThrow(/unknown key "verity-size"/);
  });

  it('refuses one that is larger than a signature may be', () => {
    const padded = (size: number) => verity + '#'.repeat(size - verity.length);
    expect(parse(padded(65_536)).manifest.compatible).toBe('board');
    expect(() => parse(padded(65_537))).toThrow(refused('manifest-size'));
    expect(() => parse(padded(65_537))).toThrow(/has 65537 bytes/);
  });

  it('keeps a label like __proto__ from meaning anything', () => {
    const { meta } = parse(`${verity}${image}[meta.__proto__]\npolluted=yes\n`).manifest;
    expect(Object.keys(meta)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  const noFile = `${verity}[image.rootfs]\n`;
  const minimum = (version: string) => verity.replace('version=1', `min-rauc-version=${version}`) + image;

  it.each([
    ['hooks without a file', `${verity}${image}hooks=post-install\n`, /\[hooks\] has no filename/],
    [
      'a hook of one image of two without a file',
      `${verity}${image}${image.replace('rootfs', 'boot')}hooks=post-install\n`,
      /\[hooks\] has no filename/,
    ],
    [
      'a hook of the bundle without a file',
      `${verity}${image}[hooks]\nhooks=install-check\n`,
      /\[hooks\] has no filename/,
    ],
    ['nothing to install', verity, /no image and no handler/],
    ['an image without a file', `${noFile}type=ext4\n`, /^\[image.rootfs\] has no filename/],
    [
      'adaptive without a file',
      `${noFile}type=emptyfs\nadaptive=block-hash-index\n`,
      /adaptive or convert but no filename/,
    ],
    ['convert without a file', `${noFile}type=emptyfs\nconvert=a\n`, /adaptive or convert but no filename/],
    ['no digest', verity + image.replace(/sha256.*\n/, ''), /^\[image.rootfs\] has no sha256/],
    ['no size', verity + image.replace(/size=.*\n/, ''), /^\[image.rootfs\] has no size/],
    ['unequal lists', `${verity}${image}convert=a;b\nconverted=c\n`, /lists of different length/],
    ['a RAUC that did not know the key', minimum('1.13'), /min-rauc-version/],
    ['a RAUC of long ago', minimum('0.15'), /min-rauc-version/],
    ['a RAUC that is not a version', minimum('newest'), /min-rauc-version/],
  ])('says that RAUC would not install it, and no more: %s', (_name, text, why) => {
    const { problems } = parse(text);
    expect(problems).toMatchObject([{ code: 'not-installable' }]);
    expect(problems.map(({ message }) => sayWhy(message))).toEqual([expect.stringMatching(why)]);
  });

  it.each([
    ['a slot that is to be empty', `${noFile}type=emptyfs\n`],
    ['a slot that a hook writes', `${noFile}hooks=install\n[hooks]\nfilename=h\n`],
    [
      'no size of what a hook writes',
      `${verity}${image.replace(/size=.*\n/, '')}hooks=install\n[hooks]\nfilename=h\n`,
    ],
    ['a handler without an image', `${verity}[handler]\nfilename=h\n`],
    ['what is not converted yet', `${verity}${image}convert=a\n`],
    ['the first RAUC that knew the key', minimum('1.14')],
    ['a RAUC to come', minimum('2.0')],
  ])('finds nothing wrong with %s', (_name, text) => {
    expect(parse(text).problems).toEqual([]);
  });

  it('finds nothing wrong with a sound one', () => {
    expect(parse(verity + image).problems).toEqual([]);
  });
});

describe('the type of an image', () => {
  const typeOf = (filename: string) =>
    parse(`${verity}[image.rootfs]\nfilename=${filename}\n`).manifest.images[0]?.type;

  it.each([
    ['a.ext4.caibx', 'ext4-caibx'],
    ['a.vfat.caibx', 'vfat-caibx'],
    ['a.ubifs.caibx', 'ubifs-caibx'],
    ['a.img.caibx', 'raw-caibx'],
    ['a.squashfs.caibx', 'squashfs-caibx'],
    ['a.squashfs-xz.caibx', 'squashfs-caibx'],
    ['a.catar', 'catar'],
    ['a.caidx', 'caidx'],
    ['a.tar', 'tar'],
    ['.tar', 'tar'],
    ['.squashfs-xz.caibx', 'squashfs-caibx'],
    ['a.tar.gz', 'tar'],
    ['a.tar\\n.gz', 'tar'],
    ['a.target', 'tar'],
    ['a.tgz', 'tar'],
    ['.ext4', 'ext4'],
    ['a.vfat', 'vfat'],
    ['a.img', 'raw'],
    ['a.squashfs-xz', 'squashfs'],
    ['a.squashfs', 'squashfs'],
    ['a.ubifs', 'ubifs'],
  ])('is found by the name %j as RAUC finds it', (filename, type) => {
    expect(typeOf(filename)).toBe(type);
  });

  it('is not needed where a hook writes the slot', () => {
    const { images } = parse(`${verity}[image.rootfs]\nfilename=r.bin\nhooks=install\n`).manifest;
    expect(images).toMatchObject([{ filename: 'r.bin', type: null }]);
  });

  it.each(['a', 'img', 'a.IMG', 'a.img.gz', 'a.ext4.bak', 'a.squashfs.caib', 'a.tgz2'])(
    'is not found by the name %j',
    (filename) => {
      expect(() => typeOf(filename)).toThrow(refused('manifest-content'));
    },
  );
});

describe('a manifest as large as it may be', () => {
  it.each([
    ['blanks in a key', `${verity}[meta.a]\nb${' '.repeat(60_000)}c=1\n`],
    [
      'a name that could go on as another type',
      `${verity}[image.a]\nfilename=${'.squashfs-'.repeat(6_000)}x\n`,
    ],
    ['a name that is many types', `${verity}[image.a]\nfilename=${'.tar'.repeat(15_000)}\\nx\n`],
    ['separators', `${verity}${image}adaptive=${';'.repeat(60_000)}\n`],
    ['escapes', `${verity}${image}adaptive=${'\\\\'.repeat(30_000)}\n`],
    ['brackets', `${verity}${'['.repeat(60_000)}=\n`],
    ['numbers', verity.replace('version=1', `version=${'1.'.repeat(30_000)}`)],
  ])('is read or refused at once: %s', (_name, text) => {
    const startedAt = process.cpuUsage(); // not the time on the wall: other programs may be busy
    try {
      parse(text);
    } catch (error) {
      expect(error).toMatchObject({ name: 'BrokenBundle' });
    }
    const { user, system } = process.cpuUsage(startedAt);
    expect((user + system) / 1000).toBeLessThan(1_000); // what is quadratic takes many seconds
  });
});
