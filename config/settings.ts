import { z } from 'zod';
import { CrossfoldError } from '../core/errors.ts';

const whole = (name: string, fallback: number): z.ZodType<number> =>
  z.coerce
    .number({ error: `${name} must be a whole number` })
    .int()
    .min(1)
    .default(fallback);

/** `host:port`; a number alone is a port of this machine, which no other can reach. */
const address = (name: string): z.ZodType<Address> =>
  z
    .string()
    .regex(/^(?:[\w.-]+:|\[[\da-f:]+\]:)?\d{1,5}$/i, `${name} must be a port, or host:port`)
    .transform((text) => {
      const at = text.lastIndexOf(':');
      return {
        host: at < 0 ? '127.0.0.1' : text.slice(0, at).replace(/^\[|\]$/g, ''),
        port: Number(text.slice(at + 1)),
      };
    })
    .refine(({ port }) => port <= 65_535, `${name}: a port is at most 65535`);

const environment = z.object({
  CROSSFOLD_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of an S3 bucket')
    .optional(),
  CROSSFOLD_PREFIX: z
    .string()
    .regex(/^[^/].*[^/]$/, 'must not begin or end with /')
    .default('crossfold'),
  CROSSFOLD_ROLE_ARN: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/?[\w+=,.@/-]+$/, 'must be the ARN of an IAM role')
    .optional(),
  CROSSFOLD_IMAGE: z.string().min(1).max(255).optional(),
  CROSSFOLD_SLOTS: whole('CROSSFOLD_SLOTS', 8),
  CROSSFOLD_POLL_MS: whole('CROSSFOLD_POLL_MS', 5000),
  CROSSFOLD_API_RATE: whole('CROSSFOLD_API_RATE', 2),
  CROSSFOLD_HEARTBEAT_MS: whole('CROSSFOLD_HEARTBEAT_MS', 30_000),
  CROSSFOLD_STICKY_MS: whole('CROSSFOLD_STICKY_MS', 10_000),
  CROSSFOLD_UI_URL: z.url().default('http://127.0.0.1:8233'),
  CROSSFOLD_CONSOLE_URL: z.union([z.url(), z.literal('')]).optional(),
  AWS_REGION: z.string().optional(),
  CROSSFOLD_READY_FILE: z.string().min(1).optional(),
  CROSSFOLD_METRICS_ADDRESS: address('CROSSFOLD_METRICS_ADDRESS').optional(),
  CROSSFOLD_TEMPORAL_METRICS_ADDRESS: address('CROSSFOLD_TEMPORAL_METRICS_ADDRESS').optional(),
  CROSSFOLD_EVENTS_QUEUE_URL: z.url().optional(),
  CROSSFOLD_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What the environment says, checked; each has its variable's name in `docs/reference/settings.md`. */
export interface Settings {
  /** Where runs are kept: `s3://bucket/prefix`. Undefined until CROSSFOLD_BUCKET is set. */
  readonly prefix: string | undefined;
  readonly role: string | undefined;
  readonly image: string | undefined;
  /** Jobs that this worker has running at once. */
  readonly slots: number;
  /** Time between two looks at the running jobs, milliseconds. */
  readonly pollMs: number;
  /** List and describe calls a second, at most. */
  readonly apiRate: number;
  /** After this time without a heartbeat a waiting activity is started again, milliseconds. */
  readonly heartbeatMs: number;
  /** How long a workflow waits for the worker that last had it, milliseconds. */
  readonly stickyMs: number;
  /** The Temporal Web UI. */
  readonly uiUrl: string;
  /** The SageMaker console, for links; undefined where there is none. */
  readonly consoleUrl: string | undefined;
  /** A file that the worker writes once it polls. */
  readonly readyFile: string | undefined;
  /** Where the worker answers /healthz, /readyz and /metrics; undefined: nowhere. */
  readonly metrics: Address | undefined;
  /** Where Temporal's SDK answers /metrics with its own. */
  readonly temporalMetrics: Address | undefined;
  /** A queue of events of tables that are written. */
  readonly eventsQueue: string | undefined;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

/** The variables that settings are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings.
 *
 * @throws CrossfoldError SettingsInvalid, naming each variable that is malformed
 */
export function readSettings(variables: Environment): Settings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new CrossfoldError('SettingsInvalid', faults.join('\n'));
  }
  const found = parsed.data;
  return {
    prefix:
      found.CROSSFOLD_BUCKET === undefined ? undefined : `s3://${found.CROSSFOLD_BUCKET}/${found.CROSSFOLD_PREFIX}`,
    role: found.CROSSFOLD_ROLE_ARN,
    image: found.CROSSFOLD_IMAGE,
    slots: found.CROSSFOLD_SLOTS,
    pollMs: found.CROSSFOLD_POLL_MS,
    apiRate: found.CROSSFOLD_API_RATE,
    heartbeatMs: found.CROSSFOLD_HEARTBEAT_MS,
    stickyMs: found.CROSSFOLD_STICKY_MS,
    uiUrl: found.CROSSFOLD_UI_URL.replace(/\/$/, ''),
    consoleUrl: consoleOf(found.CROSSFOLD_CONSOLE_URL, found.AWS_REGION),
    readyFile: found.CROSSFOLD_READY_FILE,
    metrics: found.CROSSFOLD_METRICS_ADDRESS,
    temporalMetrics: found.CROSSFOLD_TEMPORAL_METRICS_ADDRESS,
    eventsQueue: found.CROSSFOLD_EVENTS_QUEUE_URL,
    logLevel: found.CROSSFOLD_LOG_LEVEL,
  };
}

/** The console that a variable names, none where it is empty; else AWS's own of the region. */
function consoleOf(url: string | undefined, region: string | undefined): string | undefined {
  if (url !== undefined) return url === '' ? undefined : url;
  return region === undefined || region === ''
    ? undefined
    : `https://${region}.console.aws.amazon.com/sagemaker/home?region=${region}`;
}

/** A setting that a command cannot do without. */
export function requireSetting(settings: Settings, key: 'prefix' | 'role' | 'image'): string {
  const value = settings[key];
  if (value !== undefined) return value;
  const variable = { prefix: 'CROSSFOLD_BUCKET', role: 'CROSSFOLD_ROLE_ARN', image: 'CROSSFOLD_IMAGE' }[key];
  throw new CrossfoldError(
    'SettingsInvalid',
    `${variable} is not set, and no local stack is up. Start one with 'crossfold up', or set the variable to go to AWS.`,
  );
}
