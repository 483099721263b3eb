import type { CertificatesJson } from '../../../contract/certificate';
import { may } from '../../api/session';
import { Command, CopyButton } from '../../parts/command';
import { Fingerprint } from '../../parts/fingerprint';
import { Hint } from '../../parts/notices';
import { Facts, Section } from '../../parts/page';
import { text } from '../../texts';
import { CannotIssue } from './cannot-issue';
import { CaLink } from './ca-link';
import { noticeDays } from './days-left';
import { Expiry } from './expiry';

const words = text.certificates;

/** The CA and the server's certificate. */
export function Authority({ of }: { readonly of: CertificatesJson }) {
  return (
    <>
      <Warnings of={of} />
      <div class="columns level">
        <Section title={words.ca} actions={of.ca !== null && <CaLink />}>
          {of.ca === null ? (
            <Missing hint={words.noCa} command={words.caCommand} />
          ) : (
            <Facts
              facts={[
                [words.subject, of.ca.subject],
                [words.expires, <Expiry certificate={of.ca} />],
                [words.key, of.ca.has_key ? words.keyIsHere : words.keyIsElsewhere],
                [words.fingerprint, <FingerprintToCopy value={of.ca.fingerprint} />],
              ]}
            />
          )}
        </Section>
        <Section title={words.server}>
          {of.server === null ? (
            <Missing hint={words.noServer} command={serverCommand} />
          ) : (
            <Facts
              facts={[
                [words.names, <Names names={of.server.names} />],
                [words.expires, <Expiry certificate={of.server} />],
                [words.serial, <span class="mono">{of.server.serial}</span>],
              ]}
            />
          )}
        </Section>
      </div>
    </>
  );
}

function Warnings({ of: { ca, server, can_issue: canIssue } }: { readonly of: CertificatesJson }) {
  return (
    <>
      {ca !== null && ca.days_left < noticeDays && (
        <Hint tone={ca.days_left < 0 ? 'bad' : 'warn'}>
          <div class="stack">
            {' '}
            <p>{words.caExpires(ca.days_left)}</p>
            <Command line={words.caRenewCommand} />
          </div>
        </Hint>
      )}
      {server !== null && server.days_left < noticeDays && (
        <Hint tone={server.days_left < 0 ? 'bad' : 'warn'}>
          <div class="stack">
            {' '}
            <p>{words.serverExpires(server.days_left)}</p>
            <Command line={`${serverCommand} --force`} />
            <p class="small">{words.serverRenewHint}</p>
          </div>
        </Hint>
      )}
      {ca !== null && !canIssue && may('admin') && <CannotIssue />}
    </>
  );
}

/** `--force` keeps the names of the certificate that it replaces. */
const serverCommand = 'rauc-simple-server cert server';

function Missing({ hint, command }: { readonly hint: string; readonly command: string }) {
  return (
    <div class="stack">
      <p>{hint}</p>
      <Command line={command} />
    </div>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <ul class="tags">
      {names.map((name) => (
        <li key={name} class="tag">
          {name}
        </li>
      ))}
    </ul>
  );
}

function FingerprintToCopy({ value }: { readonly value: string }) {
  return (
    <span class="to-copy">
      <Fingerprint value={value} /> <CopyButton value={value} />
    </span>
  );
}
