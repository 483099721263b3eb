import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../support/bundle-factory';
import {
  type BundleParts,
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  takeApart,
} from '../../support/bundle-surgery';
import { raucSid, run, temporaryFolder } from '../../support/programs';
import { bundleSigner } from '../../support/test-pki';

let parts: BundleParts;
let sound: string;

beforeAll(async () => {
  parts = takeApart(await readFile((await makeBundle()).path));
  sound = await inlineManifest(parts.cms);
});

/** A bundle with a manifest changed by hand and signed by someone trusted: what we and RAUC say about it. */
async function judge(change: (manifest: string) => string, locale?: string): Promise<object> {
  const signer = await bundleSigner();
  const manifest = change(sound);
  const bundle = putTogether({ payload: parts.payload, cms: await sign(manifest, signer) });
  const file = path.join(await temporaryFolder(), 'bundle.raucb');
  await writeFile(file, bundle);
  const env = locale === undefined ? {} : { LC_ALL: locale };
  const { code } = await run(raucSid, ['info', '-C', `keyring:path=${signer.caPath}`, file], { env });
  const { verdict } = await inspectBytes(bundle, await profileFor(signer.caPath));
  return { ours: verdict, rauc: code === 0 ? 'accepts' : 'refuses' };
}

const change = (from: string, to: string) => (manifest: string) => manifest.replace(from, to);
const append = (text: string) => (manifest: string) => `${manifest}\n${text}`;

describe('a manifest written by hand, judged by us and by RAUC', () => {
  it.each([
    ['as it was', append('')],
    ['with line ends of DOS', (manifest: string) => manifest.replaceAll('\n', '\r\n')],
    ['with blanks around', append('  [meta.a] \t\n \tb = c')],
    ['without a line end at its end', append('[meta.a]\nb=c')],
    ['with a group given twice', append('[meta.a]\nb=c\n[meta.d]\ne=f\n[meta.a]\ng=h')],
    ['with an encoding in a group that is not the first', append('[meta.a]\nEncoding=latin1')],
    ['with a slot and its install hook alone', append('[image.boot]\nhooks=install\n[hooks]\nfilename=h')],
    ['with a slot that is to be empty', append('[image.data]\ntype=emptyfs')],
    ['with a variant of several dots', append('[image.boot.a.b.c]\nfilename=a.img')],
    ['with an artifact', append('[image.files/a]\nfilename=a')],
    ['with an unknown adaptive method', append('[image.boot]\nfilename=a.img\nadaptive=later')],
    ['with a rollout of any kind', append('[rollout]\nx=y')],
  ])('is taken by both %s', async (_name, change) => {
    expect(await judge(change)).toEqual({ ours: 'trusted', rauc: 'accepts' });
  });

  it.each([
    ['with an image of no type and no file', append('[image.boot]')],
    ['with an image of an unknown type', append('[image.boot]\nfilename=a.img\ntype=zip')],
    ['with an image of an empty type', append('[image.boot]\nfilename=a.img\ntype=')],
    ['with an image whose file tells no type', append('[image.boot]\nfilename=a.bin')],
    ['with an artifact without a file', append('[image.files/a]')],
    ['with an artifact of a type', append('[image.files/a]\nfilename=a.img\ntype=raw')],
    ['with a size that is empty', append('[image.boot]\nfilename=a.img\nsize=')],
    ['with a size that is not a number', append('[image.boot]\nfilename=a.img\nsize=1 ')],
    ['with an unknown hook', append('[image.boot]\nfilename=a.img\nhooks=after')],
    ['with an image whose filename is empty', append('[image.boot]\nfilename=\ntype=raw')],
    ['with an emptyfs that has a file', append('[image.boot]\nfilename=a.img\ntype=emptyfs')],
    ['with a translation for every locale', append('[meta.a]\nb=c\nb[C]=d')],
    ['with the version for every locale', change('version=', 'version[c]=2\nversion=')],
    ['with another encoding than UTF-8', (manifest: string) => `[meta.a]\nEncoding=latin1\n${manifest}`],
    ['with an unknown key of a hook', append('[hooks]\nfilename=h\nx=y')],
    ['with arguments for no handler', append('[handler]\nargs=x')],
    ['with an empty value in its metadata', append('[meta.a]\nb=')],
    ['with a metadata label of two parts', append('[meta.a.b]\nc=d')],
    ['with a metadata key of a dot', append('[meta.a]\nb.c=d')],
    ['with a comment of the wrong kind', append('; x')],
    ['with text behind a group', append('[meta.a] x')],
    ['with an unknown escape', append('[meta.a]\nb=\\x')],
    ['with an unknown group', append('[files]\na=b')],
    ['with an empty compatible', (manifest: string) => manifest.replace(/compatible=.*/, 'compatible=')],
  ])('is taken by neither %s', async (_name, change) => {
    expect(await judge(change)).toEqual({ ours: 'broken', rauc: 'refuses' });
  });

  it('is refused with a translation, which RAUC reads on some devices alone', async () => {
    const translated = append('[meta.a]\nb=c\nb[de]=d');
    expect(await judge(translated)).toEqual({ ours: 'broken', rauc: 'accepts' });
    expect(await judge(translated, 'de_DE.UTF-8')).toEqual({ ours: 'broken', rauc: 'refuses' });
  });
});
