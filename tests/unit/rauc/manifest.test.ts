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
    ['an unknown format', verity.replace('verity\n', 'zip\n')],
    ['an unknown key of an image', `${verity}${image}colour=red\n`],
    ['an unknown hook', `${verity}${image}hooks=before\n`],
    ['an unknown hook of the bundle', `${verity}[hooks]\nfilename=h\nhooks=pre-install\n`],
    ['an unknown type', `${verity}${image}type=ntfs\n`],
    ['a file name that tells no type', `${verity}[image.rootfs]\nfilename=r.bin\n`],
    ['an emptyfs with a file', `${verity}${image}type=emptyfs\n`],
    ['an empty file name', `${verity}[image.rootfs]\nfilename=\ntype=raw\n`],
    ['a type on an artifact', `${verity}[image.a/b]\nfilename=r.img\ntype=raw\n`],
    ['a crypt-key in a verity bundle', verity.replace('verity-size', `crypt-key=${hex}\nverity-size`)],
    ['a crypt bundle without a key', verity.replace('verity\n', 'crypt\n')],
    ['a path in converted', `${verity}${image}convert=a\nconverted=../a\n`],
    ['a path in the hook', `${verity}[hooks]\nfilename=../h\n`],
    ['a digest of another length', verity + image.replace(hex, 'abc')],
    ['arguments without a handler', `${verity}[handler]\nargs=a\n`],
    ['two dots in a meta group', `${verity}[meta.a.b]\nk=v\n`],
    ['an empty meta value', `${verity}[meta.a]\nk=\n`],
    ['an empty variant', `${verity}[image.rootfs.]\nfilename=r.img\n`],
    ['an empty artifact', `${verity}[image.files/]\nfilename=r\n`],
    ['an empty compatible', verity.replace('board', '')],
  ])('refuses %s', (_name, text) => {
    expect(() => parse(text)).toThrow(refused('manifest-content'));
  });

  it('refuses artifacts, convert and hash trees in a plain bundle', () => {
    const plain = (more: string) => parseManifest(Buffer.from(`[update]\ncompatible=b\n${more}`), 'payload');
    expect(plain(image).manifest).toMatchObject({ format: 'plain', verityHash: null });
    for (const more of ['[image.a/b]\nfilename=r\n', `${image}convert=x\n`, `[bundle]\nverity-size=4096\n`])
      expect(() => plain(more)).toThrow(refused('manifest-content'));
  });

  it('refuses one that is larger than a signature may be', () => {
    expect(() => parse(`${verity}${'#'.repeat(65_536)}`)).toThrow(refused('manifest-size'));
  });

  it('keeps a label like __proto__ from meaning anything', () => {
    const { meta } = parse(`${verity}${image}[meta.__proto__]\npolluted=yes\n`).manifest;
    expect(Object.keys(meta)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['hooks without a file', `${verity}${image}hooks=post-install\n`],
    ['nothing to install', verity],
    ['an image without a file', `${verity}[image.rootfs]\ntype=ext4\n`],
    ['adaptive without a file', `${verity}[image.rootfs]\ntype=emptyfs\nadaptive=block-hash-index\n`],
    ['no digest', verity + image.replace(/sha256.*\n/, '')],
    ['no size', verity + image.replace(/size=.*\n/, '')],
    ['unequal lists', `${verity}${image}convert=a;b\nconverted=c\n`],
    ['a RAUC that did not know the key', verity.replace('version=1', 'min-rauc-version=1.13') + image],
    ['a RAUC that is no version', verity.replace('version=1', 'min-rauc-version=newest') + image],
  ])('says that RAUC would not install it: %s', (_name, text) => {
    expect(parse(text).problems.map((problem) => problem.code)).toContain('not-installable');
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
