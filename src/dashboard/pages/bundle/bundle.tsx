import { Page } from '../../parts/page';

export function BundlePage({ name }: { readonly name: string }) {
  return <Page title={name}>{null}</Page>;
}
