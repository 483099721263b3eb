import { makeBundle } from '../../../support/bundle-factory';
import { type OpenedServices, openServices } from '../../../support/services';

async function withReleases(compatibles: string[], configured?: string): Promise<OpenedServices> {
  const opened = await openServices(configured === undefined ? {} : { compatible: configured });
  for (const compatible of compatibles) {
    const made = await makeBundle({ compatible });
    await opened.publish(made.path, { name: `${compatible}.raucb`, activate: true });
  }
  return opened;
}

it.each<[string, string[], string | undefined, string]>([
  ['the configured compatible', ['acme', 'other'], 'acme', 'acme.raucb'],
  ['the configured one also when another is the only one released', ['other'], 'acme', 'no-release'],
  ['the only compatible with a release', ['other'], undefined, 'other.raucb'],
  ['no guess among several', ['acme', 'other'], undefined, 'no-compatible'],
  ['none before the first release', [], undefined, 'no-compatible'],
])('means, for a device that names none, %s', async (_title, compatibles, configured, offered) => {
  const opened = await withReleases(compatibles, configured);
  expect(await opened.offered(null)).toBe(offered);
  const { compatible, reason } = opened.services.listBundles.defaultCompatible();
  expect(compatible === null).toBe(offered === 'no-compatible');
  expect(reason).not.toBe('');
  await opened.close();
});

it('offers nothing for a compatible that the certificate is not bound to', async () => {
  const opened = await withReleases(['acme']);
  const bound = { id: 'board-1', certificateSerial: '01', compatibles: ['other'] };
  expect(await opened.services.explainOffer.preview(bound, 'acme')).toMatchObject({
    reason: 'not-its-compatible',
  });
  await opened.close();
});
