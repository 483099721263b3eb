import { z } from 'zod';

/**
 * The fields of Kubernetes objects that docs/scale/kubernetes.yaml uses, with the forms that the API reference of Kubernetes 1.34 gives
 * them. Objects are strict: a misspelt field fails instead of being dropped, and a new one must be looked up and added here.
 */
const object = z.strictObject;

/** A name of an object, as of RFC 1123. */
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
/** A port's name, at most 15 characters. */
const portName = z.string().regex(/^[a-z0-9-]{1,15}$/);
const portNumber = z.int().min(1).max(65_535);
const quantity = z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti)?$/);
const seconds = z.int().positive();
const labels = z.record(z.string().regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9._-]{1,63}$/), z.string().max(63));
const selector = object({ matchLabels: labels });
const metadata = object({ name, labels });

const probe = z
  .object({ periodSeconds: seconds, timeoutSeconds: seconds, failureThreshold: z.int().positive() })
  .and(
    z.union([
      z.object({ httpGet: object({ path: z.string().startsWith('/'), port: portName }) }),
      z.object({ tcpSocket: object({ port: portName }) }),
    ]),
  );

const container = object({
  name,
  image: z.string().regex(/^[^\s:@]+(:\d+)?(\/[^\s:@]+)*:[\w.-]+$/),
  command: z.array(z.string()).optional(),
  ports: z.array(object({ name: portName, containerPort: portNumber })).optional(),
  envFrom: z
    .array(z.union([object({ configMapRef: object({ name }) }), object({ secretRef: object({ name }) })]))
    .optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  startupProbe: probe.optional(),
  resources: object({
    requests: object({ cpu: quantity, memory: quantity }),
    limits: object({ cpu: quantity.optional(), memory: quantity }),
  }),
  securityContext: object({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: object({ drop: z.array(z.string()) }),
  }),
  volumeMounts: z.array(
    object({ name, mountPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }),
  ),
});

const volume = z.union([
  object({ name, secret: object({ secretName: name, defaultMode: z.int().min(0).max(0o777).optional() }) }),
  object({
    name,
    emptyDir: object({ medium: z.literal('Memory').optional(), sizeLimit: quantity.optional() }),
  }),
]);

const configMap = object({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: z.record(z.string().regex(/^[\w.-]+$/), z.string()),
});

const serviceAccount = object({
  apiVersion: z.literal('v1'),
  kind: z.literal('ServiceAccount'),
  metadata,
  automountServiceAccountToken: z.boolean(),
});

const deployment = object({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: object({
    replicas: z.int().positive(),
    strategy: object({
      type: z.literal('RollingUpdate'),
      rollingUpdate: object({ maxUnavailable: z.int().min(0), maxSurge: z.int().min(0) }),
    }),
    selector,
    template: object({
      metadata: object({ labels }),
      spec: object({
        serviceAccountName: name,
        automountServiceAccountToken: z.boolean(),
        enableServiceLinks: z.boolean(),
        terminationGracePeriodSeconds: seconds,
        securityContext: object({
          runAsNonRoot: z.boolean(),
          runAsUser: z.int(),
          runAsGroup: z.int(),
          fsGroup: z.int(),
          seccompProfile: object({ type: z.enum(['RuntimeDefault', 'Localhost', 'Unconfined']) }),
        }),
        topologySpreadConstraints: z.array(
          object({
            maxSkew: z.int().positive(),
            topologyKey: z.string(),
            whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
            labelSelector: selector,
          }),
        ),
        initContainers: z.array(container),
        containers: z.array(container),
        volumes: z.array(volume),
      }),
    }),
  }),
});

const podDisruptionBudget = object({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: object({ minAvailable: z.int().positive(), selector }),
});

const service = object({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: object({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
    externalTrafficPolicy: z.enum(['Local', 'Cluster']).optional(),
    selector: labels,
    ports: z.array(object({ name: portName, port: portNumber, targetPort: portName })),
  }),
});

const manifest = z.discriminatedUnion('kind', [
  configMap,
  serviceAccount,
  deployment,
  podDisruptionBudget,
  service,
]);

export type Manifest = z.infer<typeof manifest>;
export type Container = z.infer<typeof container>;

/** @throws ZodError that names each field which Kubernetes would drop or refuse */
export function readManifest(value: unknown): Manifest {
  return manifest.parse(value);
}
