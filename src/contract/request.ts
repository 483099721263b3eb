import type { z } from 'zod';

/** A request as clients write it: the schema's input, before defaults and conversions. */
export type RequestOf<Schema extends z.ZodType> = Frozen<z.input<Schema>>;

type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
    : Value;
