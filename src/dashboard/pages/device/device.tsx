import { Page } from '../../parts/page';

export function DevicePage({ id }: { readonly id: string }) {
  return <Page title={id}>{null}</Page>;
}
