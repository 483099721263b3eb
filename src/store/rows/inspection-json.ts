import { z } from 'zod';
import { type Inspection, verdicts } from '../../core/inspection';
import { whyInJson } from './why-columns';

// This also reads rows of earlier versions: a field that is added later needs a default here.
const finding = z.object({ code: z.string(), message: whyInJson });
const instant = z.iso.datetime().transform((text) => new Date(text));
const text = z.string().nullable();
const texts = z.array(z.string());

/** An object with any keys. Not `z.record`: it drops `__proto__`, which a manifest may use as a label or key. */
function anyKeys<T>(value: z.ZodType<T>) {
  return z
    .custom<object>((candidate) => typeof candidate === 'object' && candidate !== null)
    .transform((object) => Object.entries(object))
    .pipe(z.array(z.tuple([z.string(), value])))
    .transform((entries): Readonly<Record<string, T>> => Object.fromEntries(entries));
}

const image = z.object({
  slotClass: z.string(),
  variant: text,
  artifact: text,
  filename: text,
  type: text,
  sha256: text,
  sizeBytes: z.number().nullable(),
  hooks: texts,
  adaptive: texts,
  convert: texts,
  converted: texts,
});

const format = z.enum(['plain', 'verity', 'crypt']);

const manifest = z.object({
  compatible: z.string(),
  version: text,
  description: text,
  build: text,
  minRaucVersion: text,
  format,
  verityHash: text,
  veritySalt: text,
  veritySizeBytes: z.number().nullable(),
  hooks: z.object({ filename: text, hooks: texts }),
  handler: z.object({ filename: z.string(), args: text }).nullable(),
  images: z.array(image),
  meta: anyKeys(anyKeys(z.string())),
});

const signerCertificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  notBefore: instant,
  notAfter: instant,
  spkiFingerprint: z.string(),
  keyAlgorithm: z.string(),
});

/** Formerly a warning about every bundle without an index; the hint that replaced it names the images. */
const onceWarning = 'no-adaptive-index';

const inspection: z.ZodType<Inspection> = z.object({
  verdict: z.enum(verdicts),
  reasons: z.array(finding),
  warnings: z.array(finding).transform((warnings) => warnings.filter(({ code }) => code !== onceWarning)),
  hints: z.array(finding).default([]),
  format: format.nullable(),
  encrypted: z.boolean(),
  sizeBytes: z.number(),
  payloadSizeBytes: z.number().nullable(),
  signatureSizeBytes: z.number().nullable(),
  manifestHash: text,
  manifest: manifest.nullable(),
  signerChain: z.array(signerCertificate),
  judgedUnder: text.default(null),
  recipients: z.array(z.object({ issuer: z.string(), serial: z.string(), algorithm: z.string() })),
});

/** The inspection as the JSON in a bundle's row. */
export function inspectionToJson(value: Inspection): string {
  return JSON.stringify(value);
}

/** @throws Error for text that {@link inspectionToJson} did not write */
export function inspectionFromJson(json: string): Inspection {
  return inspection.parse(JSON.parse(json));
}
