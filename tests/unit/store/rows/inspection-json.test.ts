import { readFile } from 'node:fs/promises';
import type { Manifest } from '../../../../src/core/inspection';
import { inspectionFromJson, inspectionToJson } from '../../../../src/store/rows/inspection-json';
import { makeBundle } from '../../../support/bundle-factory';
import { inspectBytes, profileFor } from '../../../support/bundle-surgery';
import { bundleSigner } from '../../../support/test-pki';

async function inspection() {
  const { path, keyringPath } = await makeBundle();
  return inspectBytes(await readFile(path), await profileFor(keyringPath));
}

describe('an inspection that is kept as JSON', () => {
  it('comes back as it was', async () => {
    const made = await inspection();
    expect(inspectionFromJson(inspectionToJson(made))).toStrictEqual(made);
  });

  it.each(['expired', 'hostile-name'] as const)('comes back as it was, signed by %s', async (kind) => {
    const signer = await bundleSigner(kind);
    const { path } = await makeBundle({ signer });
    const made = await inspectBytes(await readFile(path), await profileFor(signer.caPath));
    expect(inspectionFromJson(inspectionToJson(made))).toStrictEqual(made);
  });

  it('keeps labels and keys that mean something to JavaScript, as mere names', async () => {
    const made = await inspection();
    const meta = JSON.parse(
      '{"__proto__":{"__proto__":"a","toString":"b"},"constructor":{"prototype":"c"}}',
    ) as Manifest['meta'];
    if (made.manifest === null) throw new Error('no manifest');
    const json = inspectionToJson({ ...made, manifest: { ...made.manifest, meta } });
    const back = inspectionFromJson(json);
    expect(JSON.stringify(back.manifest?.meta)).toBe(JSON.stringify(meta));
    expect(Object.getPrototypeOf(back.manifest?.meta)).toBe(Object.prototype);
  });

  it('has no hints where an earlier version kept none, and no warning of what is a hint now', async () => {
    const { hints, ...older } = await inspection();
    const [kept] = [{ code: 'no-version', message: 'The manifest has no version.' }];
    const json = JSON.stringify({ ...older, warnings: [kept, ...hints] });
    expect(hints.map(({ code }) => code)).toEqual(['no-adaptive-index']);
    expect(inspectionFromJson(json)).toMatchObject({ warnings: [kept], hints: [] });
  });

  it.each(['', '{}', 'null', '[]', '{"verdict":"trusted"}'])('is never guessed from %j', (json) => {
    expect(() => inspectionFromJson(json)).toThrow();
  });

  it('is not taken with a meta that is not an object', async () => {
    const json = inspectionToJson(await inspection());
    for (const wrong of ['1', 'null', '"a"', '{"a":1}', '{"a":{"b":1}}']) {
      const spoiled = json.replace('"meta":{}', `"meta":${wrong}`);
      expect(spoiled).not.toBe(json);
      expect(() => inspectionFromJson(spoiled)).toThrow();
    }
  });
});
