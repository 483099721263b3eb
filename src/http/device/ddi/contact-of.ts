import type { Contact } from '../../../core/contact';
import { readContact } from '../rauc/device-facts';
import type { Exchange } from '../transport/exchange';

/** The contact that a request makes, without what it reports. It belongs to none of RAUC's attempts. */
export function contactOf(exchange: Exchange, at: Date): Contact {
  return { ...readContact(exchange, at), transactionId: null, reportsWriting: true };
}
