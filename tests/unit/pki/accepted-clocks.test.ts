import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { temporaryFolder } from '../../support/programs';
import { issue } from '../../support/test-pki';

const begins = '2025-05-01T00:00:00.000Z';
const validity = ['20250501000000Z', '20500501000000Z'] as const;
const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

/** A folder that took over a CA of 2025, as other programs make it. */
async function importedFolder(): Promise<TestFolder> {
  const made = await emptyFolder(() => new Date('2030-01-01T00:00:00Z'));
  const source = await temporaryFolder();
  const read = (name: string) => readFile(path.join(source, name), 'utf8');
  await issue(source, { name: 'ca', subject: '/CN=CA of 2025', extensions, validity });
  await made.folder.importCa({ certificatePem: await read('ca.crt'), keyPem: await read('ca.key') });
  return made;
}

describe('checking the folder tells from which clock on boards accept', () => {
  it('nothing of what was made here, which every clock accepts', async () => {
    const { folder } = await folderWithCa();
    await folder.createServer({ names: ['localhost'], ips: [] });
    expect(await folder.verify()).toEqual([]);
  });

  it('an imported CA, which keeps its dates, and a server certificate of it', async () => {
    const { folder, at, x509 } = await importedFolder();
    const { certificate } = await folder.createServer({ names: ['localhost'], ips: [] });
    expect(new Date((await x509('ca.crt')).validFrom).toISOString()).toBe(begins);
    expect(certificate.notBefore.toISOString()).toBe(begins);
    const message = { code: 'certificate-accepted-from', parameters: { at: begins } };
    expect(await folder.verify()).toEqual([
      expect.objectContaining({ severity: 'note', path: at('ca.crt'), message }),
      expect.objectContaining({ severity: 'note', path: at('server.crt'), message }),
    ]);
  });
});
