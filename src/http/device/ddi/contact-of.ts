import type { Contact } from '../../../core/contact';
import { readContact } from '../rauc/device-facts';
import type { Exchange } from '../transport/exchange';

/** What a request tells beside what it says: it is no attempt of RAUC's. */
export function contactOf(exchange: Exchange, at: Date): Contact {
  return { ...readContact(exchange, at), transactionId: null };
}
