import { sql } from 'kysely';
import type { Device } from '../../../core/device';
import type { DeviceRecord } from '../../../core/device-record';
import type { Installation } from '../../../core/installation';
import type { Database } from '../database';
import { prepared, query } from '../queries';
import { endedForGood, isEndedForGood } from '../release-numbers';
import { Backlog } from './backlog';
import { SentBytes } from './sent-bytes';

/** What a device did that a crash may lose. */
interface Seen {
  /** `undefined` when it only received bytes. */
  readonly device: Device | undefined;
  /** Its latest installation, if the device was only told about it again. */
  readonly renewed: Installation | undefined;
}

/**
 * Frequent changes that a crash may lose. They are written together, one row for each device, however many there were.
 */
export class SeenUpdates {
  readonly #backlog: Backlog<string, Seen>;
  readonly #sent: SentBytes;

  constructor(private readonly database: Database) {
    this.#backlog = new Backlog({ merge, save: (some) => this.#save(some) });
    this.#sent = new SentBytes(database);
  }

  /** A device made contact. */
  note(id: string, device: Device | undefined, renewed: Installation | undefined): void {
    this.#backlog.add(id, { device, renewed });
  }

  countBytes(installationId: number, count: number, at: Date): void {
    this.#sent.count(installationId, count, at);
  }

  /** What is known of a device, including what was seen of it and is not written yet. */
  seenOf(record: DeviceRecord): DeviceRecord {
    const seen = this.#backlog.of(record.device.id).reduce(withSeen, record);
    const { installation } = seen;
    const sent = installation === null ? undefined : this.#sent.of(installation.id);
    if (installation === null || sent === undefined) return seen;
    const bytesSent = installation.bytesSent + sent.bytes;
    return {
      ...seen,
      installation: { ...installation, bytesSent, movedAt: latestOf(installation.movedAt, sent.at) },
    };
  }

  /** An installation was written, including everything seen of it. */
  written(id: string, installationId: number): void {
    this.#backlog.amend(id, (seen) =>
      seen.renewed?.id === installationId ? { ...seen, renewed: undefined } : seen,
    );
  }

  forget(id: string): void {
    this.#backlog.forget(id);
  }

  /**
   * Call it only when no other write is running.
   * @throws DomainError `storage-full`, `unavailable`; the changes are then tried again with the next ones
   */
  async write(): Promise<void> {
    await this.#backlog.write();
    await this.#sent.write();
  }

  async #save(some: readonly (readonly [string, Seen])[]): Promise<void> {
    const heard = some.flatMap(([id, { device }]) =>
      device === undefined
        ? []
        : [
            {
              id,
              at: device.lastContactAt,
              address: device.address,
              protocol: device.protocol,
              uptime: device.facts.uptimeSeconds,
            },
          ],
    );
    const renewed = some.flatMap(([, seen]) => (seen.renewed === undefined ? [] : [renewalOf(seen.renewed)]));
    await this.database.transact(async (transaction) => {
      if (heard.length > 0)
        await transaction.all(
          prepared(
            sql`UPDATE devices SET last_contact_at = greatest(last_contact_at, seen.at), address = seen.address,
                protocol = seen.protocol, uptime_seconds = seen.uptime
              FROM json_to_recordset(${JSON.stringify(heard)})
                AS seen (id text, at text, address text, protocol text, uptime double precision)
              WHERE devices.id = seen.id`.compile(query),
          ),
        );
      if (renewed.length > 0)
        await transaction.all(
          prepared(
            sql`UPDATE installations SET polls = greatest(installations.polls, seen.polls),
                offer_ends_at = CASE offer_ends_at WHEN ${endedForGood.toISOString()} THEN offer_ends_at ELSE seen.ends END,
                updated_at = greatest(updated_at, seen.at), moved_at = greatest(moved_at, seen.moved),
                silent_polls = seen.silent, signature = seen.signature
              FROM json_to_recordset(${JSON.stringify(renewed)})
                AS seen (id integer, polls integer, ends text, at text, moved text, silent integer, signature text)
              WHERE installations.id = seen.id AND ended_at IS NULL`.compile(query),
          ),
        );
    });
  }
}

function renewalOf(one: Installation) {
  const { id, polls, offerEndsAt: ends, updatedAt: at, movedAt: moved, silentPolls: silent, signature } = one;
  return { id, polls, ends, at, moved, silent, signature };
}

function merge(older: Seen, newer: Seen): Seen {
  return { device: newer.device ?? older.device, renewed: newer.renewed ?? older.renewed };
}

function withSeen(record: DeviceRecord, seen: Seen): DeviceRecord {
  const { device, installation } = record;
  const { device: told, renewed } = seen;
  const heard =
    told === undefined
      ? device
      : {
          ...device,
          lastContactAt: told.lastContactAt,
          address: told.address,
          protocol: told.protocol,
          facts: { ...device.facts, uptimeSeconds: told.facts.uptimeSeconds },
        };
  if (installation === null) return { ...record, device: heard };
  const again = renewed?.id === installation.id && installation.endedAt === null ? renewed : installation;
  const { polls, updatedAt, silentPolls, signature } = again;
  const offerEndsAt = isEndedForGood(installation) ? installation.offerEndsAt : again.offerEndsAt;
  const latest = { ...installation, polls, offerEndsAt, updatedAt, silentPolls, signature };
  return { ...record, device: heard, installation: { ...latest, movedAt: again.movedAt } };
}

function latestOf(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
