import type { Contact } from '../../../core/contact';
import { readContact } from '../rauc/device-facts';
import type { Exchange } from '../transport/exchange';

/** The contact that a request makes, apart from what it says. It belongs to no attempt of RAUC's. */
export function contactOf(exchange: Exchange, at: Date): Contact {
  return { ...readContact(exchange, at), transactionId: null };
}
