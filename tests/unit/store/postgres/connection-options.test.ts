import { inspect } from 'node:util';
import { connectionOptions } from '../../../../src/store/postgres/connection-options';
import { refusal } from '../../../support/refusal';

describe('the address of a database', () => {
  it('names host, port, user, password and database, each with its escapes', async () => {
    const { password, ...options } = connectionOptions('postgres://us%40er:p%2Fw@db.test:6000/my%20base');
    expect(options).toMatchObject({ host: 'db.test', port: 6000, user: 'us@er', database: 'my base' });
    expect(typeof password === 'function' ? await password() : password).toBe('p/w');
    expect(connectionOptions('postgresql://[::1]/base')).toMatchObject({ host: '::1', port: 5432 });
    expect(connectionOptions('postgres://localhost/base?host=/run/db')).toMatchObject({ host: '/run/db' });
  });

  it.each([
    ['postgres://localhost/base', false],
    ['postgres://127.0.0.1/base', false],
    ['postgres://db.test/base', true],
    ['postgres://db.test/base?sslmode=disable', false],
    ['postgres://localhost/base?sslmode=verify-full', true],
    ['postgres://db.test/base?host=/run/db', false],
  ])('has the certificate verified, except on this machine: %s', (url, isVerified) => {
    const { ssl } = connectionOptions(url);
    expect(ssl).toEqual(isVerified ? expect.objectContaining({ rejectUnauthorized: true }) : false);
  });

  it.each([
    'mysql://user:s3cret@db.test/base',
    'postgres://user:s3cret@db.test/',
    'postgres://user:s3cret@db.test:port/base',
    'postgres://user:s3cret%@db.test/base',
    'postgres://user:s3cret@db.test/base?sslmod=verify-full',
    'postgres://user:s3cret@db.test/base?sslmode=verify-ca',
    'postgres://user:s3cret@db.test/base?sslmode=verify-full&sslrootcert=/no/such/file',
  ])('is refused when it is unclear, without its password: %s', (url) => {
    let thrown: unknown;
    try {
      connectionOptions(url);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(refusal('configuration'));
    expect(inspect(thrown, { depth: 9 })).not.toContain('s3cret');
  });

  it('shows no password to who looks at the options', () => {
    const options = connectionOptions('postgres://user:s3cret@db.test/base');
    expect(inspect(options, { depth: 9, showHidden: true }) + JSON.stringify(options)).not.toContain(
      's3cret',
    );
  });
});
