import type { EventJson } from '../../../contract/event';
import type { ExplanationJson } from '../../../contract/explanation';
import { linkTo } from '../../location';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { type Data, useData } from '../../use-data';
import { Answers } from './answers';

/** Why a device is offered what it is, kept up to date. */
export function useExplanation(id: string): Data<ExplanationJson> {
  return useData<ExplanationJson>(linkTo('api', 'devices', id, 'explain'), {
    isStale: ({ device, kind }: EventJson) => device === id || /^(release|rollout)\./.test(kind),
    everyMs: 60_000,
  });
}

/** What each protocol would answer now, and on request every rule that led there. */
export function Explanation({ data }: { readonly data: Data<ExplanationJson> }) {
  return (
    <Section title={text.devices.one.explanation}>
      <Loaded data={data}>{({ answers }) => <Answers answers={answers} />}</Loaded>
    </Section>
  );
}
