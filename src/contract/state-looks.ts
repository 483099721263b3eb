import { verdictWords } from '../core/circumstances/verdict-words';
import type { Verdict } from '../core/inspection';
import type { InstallationState } from '../core/installation-states';
import type { StoredImageCheck } from '../core/image-check';
import type { ReleaseOutcome } from '../core/release-end';
import type { RolloutState } from '../core/rollout';
import type { DeliveryState } from '../core/webhook-delivery';

/** What a state means to people; the page has a colour for each. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** Each shape as one character for a terminal. The page has a drawing of the same name. */
export const shapeMarks = {
  check: '✓',
  cross: '✗',
  back: '←',
  forbidden: '⊘',
  alert: '!',
  question: '?',
  offer: '○',
  down: '↓',
  power: '◐',
  bolt: '~',
  silent: '…',
  minus: '–',
  stopping: '□',
  stopped: '■',
  play: '▸',
  pause: '‖',
  lock: '#',
  pin: '◆',
  clock: '◷',
  dot: '·',
} as const;

export type Shape = keyof typeof shapeMarks;

/** How a state is shown. Word and shape distinguish it from every other state of its kind, so colour is never needed. */
export interface StateLook {
  /** Its form within a sentence. */
  readonly word: string;
  readonly shape: Shape;
  readonly tone: Tone;
}

/** The state of a device, apart from its installations. */
export type DeviceState = 'up-to-date' | 'never-heard' | 'waiting' | 'held' | 'pinned' | 'refused';

type CertificateState = 'valid' | 'expiring' | 'expired' | 'revoked';
type WebhookState = 'enabled' | 'failing' | 'disabled';
/** Waiting deliveries differ by whether an attempt has failed. */
type DeliveryLook = 'queued' | 'retrying' | Exclude<DeliveryState, 'waiting'>;

function look(word: string, shape: Shape, tone: Tone): StateLook {
  return { word, shape, tone };
}

const installation = {
  offered: look('offered', 'offer', 'busy'),
  downloading: look('downloading', 'down', 'busy'),
  installed: look('installed', 'power', 'busy'),
  stopped: look('stopped, outcome unknown', 'question', 'warn'),
  interrupted: look('interrupted', 'bolt', 'warn'),
  proven: look('proven', 'check', 'good'),
  'rolled-back': look('rolled back', 'back', 'bad'),
  failed: look('failed', 'cross', 'bad'),
  rejected: look('rejected by the device', 'forbidden', 'bad'),
  lost: look('lost', 'silent', 'warn'),
  withdrawn: look('withdrawn', 'minus', 'idle'),
  cancelling: look('cancelling', 'stopping', 'warn'),
  cancelled: look('cancelled', 'stopped', 'idle'),
} as const satisfies Readonly<Record<InstallationState, StateLook>>;

const rollout = {
  running: look('running', 'play', 'busy'),
  paused: look('paused', 'pause', 'warn'),
  aborted: look('aborted', 'cross', 'bad'),
} as const satisfies Readonly<Record<RolloutState, StateLook>>;

/** The fate of a release; while it is current, `rolloutLooks` says more. */
const release = {
  complete: look('complete', 'check', 'good'),
  replaced: look('replaced', 'minus', 'idle'),
  deactivated: look('deactivated', 'stopped', 'idle'),
  undone: look('undone', 'stopping', 'idle'),
  'rolled-back-to': look('rolled back', 'back', 'bad'),
} as const satisfies Readonly<Record<Exclude<ReleaseOutcome, RolloutState>, StateLook>>;

const device = {
  'up-to-date': look('up to date', 'check', 'good'),
  'never-heard': look('not heard from yet', 'dot', 'idle'),
  waiting: look('waiting for admission', 'clock', 'warn'),
  held: look('held', 'lock', 'warn'),
  pinned: look('pinned', 'pin', 'idle'),
  refused: look('refused', 'forbidden', 'bad'),
} as const satisfies Readonly<Record<DeviceState, StateLook>>;

const bundle = {
  trusted: look(verdictWords.trusted, 'check', 'good'),
  unchecked: look(verdictWords.unchecked, 'question', 'warn'),
  untrusted: look(verdictWords.untrusted, 'alert', 'bad'),
  broken: look(verdictWords.broken, 'cross', 'bad'),
  opaque: look(verdictWords.opaque, 'lock', 'bad'),
} as const satisfies Readonly<Record<Verdict, StateLook>>;

const images = {
  'being-checked': look('being checked', 'clock', 'busy'),
  sound: look('sound', 'check', 'good'),
  mismatch: look('mismatch', 'alert', 'bad'),
  'not-checked': look('not checked', 'question', 'idle'),
} as const satisfies Readonly<Record<StoredImageCheck['state'], StateLook>>;

const certificate = {
  valid: look('valid', 'check', 'good'),
  expiring: look('expires soon', 'clock', 'warn'),
  expired: look('expired', 'cross', 'bad'),
  revoked: look('revoked', 'forbidden', 'bad'),
} as const satisfies Readonly<Record<CertificateState, StateLook>>;

const webhook = {
  enabled: look('on', 'check', 'good'),
  failing: look('failing', 'alert', 'bad'),
  disabled: look('off', 'pause', 'idle'),
} as const satisfies Readonly<Record<WebhookState, StateLook>>;

const delivery = {
  queued: look('queued', 'clock', 'idle'),
  retrying: look('retrying', 'bolt', 'warn'),
  delivered: look('delivered', 'check', 'good'),
  'gave-up': look('given up', 'cross', 'bad'),
  skipped: look('skipped', 'minus', 'idle'),
} as const satisfies Readonly<Record<DeliveryLook, StateLook>>;

/** Every state that people see, by kind. The codes are those of the API, and no two kinds share one. */
export const stateLooks = {
  installation,
  rollout,
  release,
  device,
  bundle,
  images,
  certificate,
  webhook,
  delivery,
} as const;

type Looks = typeof stateLooks;
export type StateCode = { [Kind in keyof Looks]: keyof Looks[Kind] }[keyof Looks];

const byCode: ReadonlyMap<string, StateLook> = new Map(
  Object.values(stateLooks).flatMap((kind) => Object.entries<StateLook>(kind)),
);

/** How a state is shown. An unknown one, from a newer server, is shown as its code. */
export function lookOf(state: string): StateLook {
  return byCode.get(state) ?? look(state.replaceAll('-', ' '), 'dot', 'idle');
}

/** The words of all states by their codes. */
export const stateWords: Readonly<Record<string, string>> = Object.fromEntries(
  [...byCode].map(([code, { word }]) => [code, word]),
);

/** How a delivery is shown. @param attempts that failed */
export function deliveryLook<State extends string>(
  state: State | 'waiting',
  attempts: number,
): State | 'queued' | 'retrying' {
  if (state !== 'waiting') return state;
  return attempts > 0 ? 'retrying' : 'queued';
}
