import { z } from 'zod';

/** An answer as a reader sees it: a newer server may add a word to a closed set. */
export type Read<Json> = Json extends string
  ? string
  : Json extends readonly (infer Item)[]
    ? Read<Item>[]
    : Json extends object
      ? { [Key in keyof Json]: Read<Json[Key]> }
      : Json;

/**
 * The schema for reading answers of another version of the server: unknown fields and words are accepted.
 */
export function readerOf<Schema extends z.ZodType>(schema: Schema): z.ZodType<Read<z.infer<Schema>>> {
  return tolerant(schema) as z.ZodType<Read<z.infer<Schema>>>;
}

function tolerant(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodEnum) return z.string();
  if (schema instanceof z.ZodNullable) return tolerant(schema.unwrap()).nullable();
  if (schema instanceof z.ZodOptional) return tolerant(schema.unwrap()).optional();
  if (schema instanceof z.ZodArray) return z.array(tolerant(schema.element));
  if (schema instanceof z.ZodRecord) return z.record(z.string(), tolerant(schema.valueType));
  if (schema instanceof z.ZodObject) return tolerantObject(schema);
  return schema as z.ZodType;
}

/** Unknown fields are dropped, or kept where the schema keeps them. */
function tolerantObject({ shape, def }: z.ZodObject): z.ZodType {
  const fields = Object.entries(shape).map(([name, field]) => [name, tolerant(field)]);
  const object = z.object(Object.fromEntries(fields) as z.ZodRawShape);
  return def.catchall instanceof z.ZodUnknown ? object.loose() : object;
}
