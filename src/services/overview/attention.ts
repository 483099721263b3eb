import type { AttentionItem } from './attention-item';
import { type CertificateFacts, ofCertificates } from './certificate-attention';
import { type NoticedDevices, ofDecided, ofDevices } from './device-attention';
import { type InstallationFacts, ofInstallations } from './installation-attention';
import { type ClockFacts, ofClock } from './clock-attention';
import type { Excess } from './over-budget';
import { ofOverBudget } from './over-budget-attention';
import { ofReleases, type ReleaseFacts } from './release-attention';
import { ofRestore, ofServer, type RestoreFacts, type ServerFacts } from './server-attention';

/** The input for attention; each file next to this one says what its items need. */
export interface AttentionFacts
  extends
    RestoreFacts,
    ReleaseFacts,
    InstallationFacts,
    NoticedDevices,
    CertificateFacts,
    ServerFacts,
    ClockFacts {
  /** Clients that exceeded the budget of one device, the most frequent first. */
  readonly overBudget: readonly Excess[];
  readonly decided: { readonly waiting: number; readonly held: number };
}

/** What needs attention, most important first. */
export function findAttention(facts: AttentionFacts): readonly AttentionItem[] {
  return [
    ...ofRestore(facts),
    ...ofReleases(facts),
    ...ofInstallations(facts),
    ...ofDevices(facts),
    ...ofOverBudget(facts.overBudget),
    ...ofDecided(facts.decided),
    ...ofCertificates(facts),
    ...ofClock(facts),
    ...ofServer(facts),
  ].filter(({ count }) => count > 0);
}
