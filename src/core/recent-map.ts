export { RecentMap } from '../base/collections/recent-map';
