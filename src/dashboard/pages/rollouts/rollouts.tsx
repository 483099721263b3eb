import { Page } from '../../parts/page';
import { text } from '../../texts';

export function RolloutsPage() {
  return <Page title={text.frame.pages.rollouts}>{null}</Page>;
}
