import { Page } from '../../parts/page';

export function RolloutPage({ id }: { readonly id: string }) {
  return <Page title={id}>{null}</Page>;
}
