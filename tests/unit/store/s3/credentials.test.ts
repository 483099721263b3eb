import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFindCredentials, parseCredentials } from '../../../../src/store/s3/credentials';
import { temporaryFolder } from '../../../support/programs';

const text = `
# a comment = no value
[default]
aws_access_key_id = ONE
aws_secret_access_key=s/1==
[ other ]
AWS_ACCESS_KEY_ID=TWO
aws_secret_access_key = s2
aws_session_token = t2
region = us-east-1
[incomplete]
aws_access_key_id = THREE
`;

describe('the credentials of an object store', () => {
  it.each([
    ['default', { accessKeyId: 'ONE', secretAccessKey: 's/1==' }],
    ['other', { accessKeyId: 'TWO', secretAccessKey: 's2', sessionToken: 't2' }],
    ['incomplete', undefined],
    ['missing', undefined],
  ])('are read from the section %s of a file', (profile, credentials) => {
    expect(parseCredentials(text, profile)).toEqual(credentials);
    expect(parseCredentials(text.replaceAll('\n', '\r\n'), profile)).toEqual(credentials);
  });

  const none = {
    accessKeyId: null,
    secretAccessKey: null,
    sessionToken: null,
    file: null,
    profile: 'default',
  };

  it('are those that are given, rather than those of a file', async () => {
    const given = { ...none, accessKeyId: 'A', secretAccessKey: 'S', file: '/no/such/file' };
    expect(await createFindCredentials(given, () => 0)()).toEqual({ accessKeyId: 'A', secretAccessKey: 'S' });
    expect(await createFindCredentials({ ...given, sessionToken: 'T' }, () => 0)()).toMatchObject({
      sessionToken: 'T',
    });
  });

  it('are read again from the file after a minute', async () => {
    const file = path.join(await temporaryFolder(), 'credentials');
    await writeFile(file, text);
    let atMs = 5_000;
    const find = createFindCredentials({ ...none, file }, () => atMs);
    expect(await find()).toMatchObject({ accessKeyId: 'ONE' });
    await writeFile(file, text.replace('ONE', 'NEW'));
    expect(await find()).toMatchObject({ accessKeyId: 'ONE' });
    atMs += 60_000;
    expect(await find()).toMatchObject({ accessKeyId: 'NEW' });
    await rm(file);
    atMs += 60_000;
    await expect(find()).rejects.toMatchObject({ code: 'unavailable', reason: { parameters: { file } } });
  });

  it('are missed where there are none, in words that say so', async () => {
    await expect(createFindCredentials(none, () => 0)()).rejects.toMatchObject({
      code: 'unavailable',
      reason: { code: 'bundle-store-keys' },
    });
  });
});
