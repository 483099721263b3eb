import { installationStates } from './installation-states';
import type { EventReason, LineCode } from './journal/catalogue';

/** Every kind of event in the journal. The part before the dot is the noun concerned. */
export const eventKinds = [
  'bundle.published',
  'bundle.deleted',
  'bundle.judged',
  'bundle.images-mismatch',
  'release.activated',
  'release.deactivated',
  'release.undone',
  'rollout.promoted',
  'rollout.paused',
  'rollout.resumed',
  'rollout.aborted',
  'rollout.completed',
  'device.registered',
  'device.admitted',
  'device.changed',
  'device.held',
  'device.hold-lifted',
  'device.pinned',
  'device.unpinned',
  'device.failures-cleared',
  'device.forgotten',
  'device.kit-made',
  'device.certificate-seen',
  'device.booted',
  'device.version-changed',
  'device.second-board',
  'device.started-afresh',
  ...installationStates.map((state) => `installation.${state}` as const),
  'installation.noted',
  'certificate.issued',
  'certificate.revoked',
  'certificate.renewed',
  'certificate.expiring',
  'certificate.held-back',
  'certificate.refused',
  'attention.dismissed',
  'token.created',
  'token.revoked',
  'device-token.created',
  'device-token.rotated',
  'device-token.removed',
  'draft.created',
  'draft.deleted',
  'setting.changed',
  'session.begun',
  'session.ended',
  'webhook.created',
  'webhook.changed',
  'webhook.deleted',
  'webhook.gave-up',
  'webhook.replayed',
] as const;

export type EventKind = (typeof eventKinds)[number];

/** Who did something, and from where. */
export interface Actor {
  /** `local`, `token:<name>`, `cli:<user>`, `device:<id>`, or `server` for what the server does on its own. */
  readonly name: string;
  /** Network address; `null` for what did not come over the network. */
  readonly address: string | null;
}

/** Whether a person did it, in the dashboard, on the command line or with a token, rather than a device or the server. */
export function isPerson({ name }: Pick<Actor, 'name'>): boolean {
  return name !== theServer.name && !name.startsWith(deviceActor);
}

/** The prefix of a device's name as an actor. */
const deviceActor = 'device:';

export const theServer: Actor = { name: 'server', address: null };

/** Repeats by one device in a single line. `at` and the other fields are those of the last repeat. */
export interface Repeats {
  readonly count: number;
  readonly firstAt: Date;
}

/** One line of the journal, which records what people and devices did. It never changes. */
export interface JournalEvent {
  /** Ids grow in the order of commits. */
  readonly id: number;
  readonly at: Date;
  readonly kind: EventKind;
  readonly actor: Actor;
  /** What happened, as a code with the parameters of its sentence; `null` for a line that an earlier version wrote. */
  readonly reason: EventReason | null;
  /** The sentence that an earlier version wrote; empty if there is a `reason`. */
  readonly message: string;
  /** What it is about; `null` for what does not apply. */
  readonly subject: EventSubject;
  /** The state before and after, as data: small objects, no secrets. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  /** `null` for a line that stands for a single event. */
  readonly repeats: Repeats | null;
}

export interface EventSubject {
  readonly deviceId: string | null;
  readonly compatible: string | null;
  readonly channel: string | null;
  readonly bundleName: string | null;
  readonly releaseId: number | null;
  readonly installationId: number | null;
}

/** The subject of an event that concerns none of these. */
export const noSubject: EventSubject = {
  deviceId: null,
  compatible: null,
  channel: null,
  bundleName: null,
  releaseId: null,
  installationId: null,
};

/** An event on its way into the journal. */
export interface NewEvent extends Pick<JournalEvent, 'at' | 'kind' | 'actor'> {
  readonly reason: EventReason<LineCode>;
  readonly subject?: Partial<EventSubject>;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly repeats?: Repeats;
}
