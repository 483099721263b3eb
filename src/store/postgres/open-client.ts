import { Client, type ClientConfig } from 'pg';
import { sessionSettings } from './connection-options';
import { postgresError } from './postgres-error';

/** Opens a connection outside of the pool. Listen to its `end`: it emits no errors. @throws DomainError `unavailable` */
export async function openClient(connection: ClientConfig): Promise<Client> {
  const client = new Client(connection);
  client.on('error', () => undefined); // no one's: it would end the process
  try {
    await client.connect();
    await client.query(sessionSettings);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw postgresError(error);
  }
}
