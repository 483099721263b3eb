import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dotenvExample } from '../../../src/config/document';
import { findMisspelt } from '../../../src/config/misspelt-variables';
import { runCommand } from '../../support/cli-harness';
import { temporaryFolder } from '../../support/programs';

let cwd: string;
const dotenv = () => path.join(cwd, '.env');
beforeEach(async () => {
  cwd = await temporaryFolder();
});

describe('a variable in .env', () => {
  it.each([
    ['ADMIN_PROT', 'ADMIN_PORT'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['SERVER_URLS', 'SERVER_URL'],
    ['data_dir', 'DATA_DIR'],
    ['CERT_DIR', 'CERTS_DIR'],
  ])('that is written %s is named with %s', async (name, meant) => {
    await writeFile(dotenv(), `${name}=x\nCOMPATIBLE=my-board\n`);
    expect(findMisspelt(dotenv())).toEqual([{ name, meant }]);
  });

  it('of another program, or as it should be, is none', async () => {
    const own = dotenvExample().replaceAll(/^#(?=[A-Z_]+=)/gm, '');
    await writeFile(dotenv(), `${own}\nTZ=UTC\nPORT=1\nCOMPOSE_PROJECT_NAME=x\nTAG=1\nNODE_OPTIONS=--x\n`);
    expect(findMisspelt(dotenv())).toEqual([]);
  });

  it('is of no interest where there is no file', () => {
    expect(findMisspelt(dotenv())).toEqual([]);
  });

  it('that is misspelt is told on standard error by every command, which goes on', async () => {
    await writeFile(dotenv(), 'ADMIN_PROT=8081\n');
    const shown = await runCommand(['config', 'show'], { cwd });
    expect(shown).toMatchObject({
      code: 0,
      stderr: 'warning: ADMIN_PROT in .env has no effect; did you mean ADMIN_PORT?\n',
    });
    const { code, stderr } = await runCommand(['config', 'show', '--json'], { cwd });
    expect({ code, said: JSON.parse(stderr) as unknown }).toEqual({
      code: 0,
      said: { warning: 'ADMIN_PROT in .env has no effect; did you mean ADMIN_PORT?' },
    });
  });
});
