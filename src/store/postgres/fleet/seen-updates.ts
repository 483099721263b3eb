import { sql } from 'kysely';
import type { Device } from '../../../core/device';
import type { DeviceRecord } from '../../../core/device-record';
import type { Installation } from '../../../core/installation';
import type { Database } from '../database';
import { query } from '../queries';

/** What a device did that a crash may take. */
interface Seen {
  /** `undefined` when it only got bytes. */
  readonly device: Device | undefined;
  /** Its latest installation when that was only told again. */
  readonly renewed: Installation | undefined;
  readonly bytes: number;
  /** Of which installation the bytes are, and when the last of them went. */
  readonly of: number | undefined;
  readonly bytesAt: Date | undefined;
}

const nothing: Seen = { device: undefined, renewed: undefined, bytes: 0, of: undefined, bytesAt: undefined };

/** How many devices to write at once. */
const maxAtOnce = 1_000;

/** Frequent changes that a crash may take: they are written together, one row for each device however many there were. */
export class SeenUpdates {
  #waiting = new Map<string, Seen>();
  /** What is being written: until that is done it counts as well. */
  #writing = new Map<string, Seen>();

  constructor(private readonly database: Database) {}

  /** A device made contact. */
  note(id: string, device: Device | undefined, renewed: Installation | undefined): void {
    const known = this.#waiting.get(id) ?? nothing;
    this.#waiting.set(id, {
      ...known,
      device: device ?? known.device,
      renewed: renewed ?? known.renewed,
    });
  }

  countBytes(id: string, installationId: number, count: number, at: Date): void {
    const known = this.#waiting.get(id) ?? nothing;
    const bytes = known.of === installationId ? known.bytes + count : count;
    this.#waiting.set(id, { ...known, bytes, of: installationId, bytesAt: at });
  }

  /** What is known of a device, with what was seen of it and is not written yet. */
  seenOf(record: DeviceRecord): DeviceRecord {
    const { id } = record.device;
    return withSeen(withSeen(record, this.#writing.get(id)), this.#waiting.get(id));
  }

  /** An installation was written with all that was seen of it. */
  written(id: string, installationId: number): void {
    const known = this.#waiting.get(id);
    if (known === undefined) return;
    const isOfIt = known.of === installationId;
    const renewed = known.renewed?.id === installationId ? undefined : known.renewed;
    this.#waiting.set(id, { ...known, renewed, ...(isOfIt ? { bytes: 0, of: undefined } : {}) });
  }

  forget(id: string): void {
    this.#waiting.delete(id);
    this.#writing.delete(id);
  }

  /** Not while it runs already. @throws DomainError `storage-full`, `unavailable`: then it is tried again with the next ones */
  async write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const some = [...this.#waiting].slice(0, maxAtOnce).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [id] of some) this.#waiting.delete(id);
      this.#writing = new Map(some);
      try {
        await this.#write(some);
      } catch (error) {
        for (const [id, seen] of some) this.#putBack(id, seen);
        throw error;
      } finally {
        this.#writing = new Map();
      }
    }
  }

  #putBack(id: string, before: Seen): void {
    if (!this.#writing.has(id)) return; // it was forgotten
    const since = this.#waiting.get(id) ?? nothing;
    this.#waiting.set(id, {
      device: since.device ?? before.device,
      renewed: since.renewed ?? before.renewed,
      ...(since.of === undefined
        ? { bytes: before.bytes, of: before.of, bytesAt: before.bytesAt }
        : {
            bytes: since.bytes + (since.of === before.of ? before.bytes : 0),
            of: since.of,
            bytesAt: since.bytesAt,
          }),
    });
  }

  async #write(some: readonly (readonly [string, Seen])[]): Promise<void> {
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
    const sent = some.flatMap(([, { of, bytes, bytesAt }]) =>
      of === undefined || bytes === 0 ? [] : [{ id: of, bytes, at: bytesAt }],
    );
    await this.database.transact(async (transaction) => {
      if (heard.length > 0)
        await transaction.all(
          sql`UPDATE devices SET last_contact_at = greatest(last_contact_at, seen.at), address = seen.address,
                protocol = seen.protocol, uptime_seconds = seen.uptime
              FROM json_to_recordset(${JSON.stringify(heard)})
                AS seen (id text, at text, address text, protocol text, uptime double precision)
              WHERE devices.id = seen.id`.compile(query),
        );
      if (renewed.length > 0)
        await transaction.all(
          sql`UPDATE installations SET polls = greatest(installations.polls, seen.polls), offer_ends_at = seen.ends,
                updated_at = greatest(updated_at, seen.at), moved_at = greatest(moved_at, seen.moved),
                silent_polls = seen.silent, signature = seen.signature
              FROM json_to_recordset(${JSON.stringify(renewed)})
                AS seen (id integer, polls integer, ends text, at text, moved text, silent integer, signature text)
              WHERE installations.id = seen.id AND ended_at IS NULL`.compile(query),
        );
      if (sent.length > 0)
        await transaction.all(
          sql`UPDATE installations SET bytes_sent = bytes_sent + seen.bytes, moved_at = greatest(moved_at, seen.at)
              FROM json_to_recordset(${JSON.stringify(sent)}) AS seen (id integer, bytes bigint, at text)
              WHERE installations.id = seen.id`.compile(query),
        );
    });
  }
}

function renewalOf(one: Installation) {
  const { id, polls, offerEndsAt: ends, updatedAt: at, movedAt: moved, silentPolls: silent, signature } = one;
  return { id, polls, ends, at, moved, silent, signature };
}

function withSeen(record: DeviceRecord, seen: Seen | undefined): DeviceRecord {
  if (seen === undefined) return record;
  const { device, installation } = record;
  const { device: told, renewed, bytes, of, bytesAt } = seen;
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
  const { polls, offerEndsAt, updatedAt, silentPolls, signature } = again;
  const latest = { ...installation, polls, offerEndsAt, updatedAt, silentPolls, signature };
  const sent = of === installation.id ? bytes : 0;
  const bytesSent = installation.bytesSent + sent;
  const movedAt = latestOf(again.movedAt, sent > 0 ? (bytesAt ?? null) : null);
  return { ...record, device: heard, installation: { ...latest, bytesSent, movedAt } };
}

function latestOf(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
