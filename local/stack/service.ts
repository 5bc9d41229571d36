import type { Places } from '../../config/home.ts';
import type { Credentials } from './credentials.ts';
import type { PortName, Ports } from './ports.ts';
import type { Launch } from './processes.ts';
import type { ServiceName } from './progress.ts';

/** The programs that the services are made of. */
export interface Tools {
  readonly temporalCli: string;
  readonly s3Gateway: string;
  readonly python: string;
}

/** What a service is asked at. */
export interface ProbeContext {
  readonly places: Places;
  readonly ports: Ports;
  readonly credentials: Credentials;
}

/** All that a service is started from. */
export interface StackContext extends ProbeContext {
  readonly tools: Tools;
  /** A file of the weather that the SageMaker endpoint is to have. */
  readonly weather: string | undefined;
}

/** One process of the stack: how it is started, and how one knows that it serves. */
export interface Service {
  readonly name: ServiceName;
  /** For a line of progress: 'Temporal server'. */
  readonly title: string;
  /** Its own ports; the first is the one that it is probed at. */
  readonly ports: readonly PortName[];
  /** Services that have to be ready before this one is started. */
  readonly after: readonly ServiceName[];
  /** Whether it runs from dist/, and has to be started anew after a build. */
  readonly built: boolean;
  /** Says what to start, with the variables that it needs beyond what every process inherits. */
  launch(context: StackContext): Launch;
  /** Prepares what it keeps on disk, just before it is started. */
  prepare(context: StackContext): void;
  /** Asks once whether the process `pid` serves. Never throws: what does not answer is not ready. */
  ready(context: ProbeContext, pid: number): Promise<boolean>;
  /** Takes note on disk that it has once become ready. */
  started?(context: ProbeContext): void;
  /** Where a user finds it. */
  url(ports: Ports): string | undefined;
}

/** Time that a service has to become ready, milliseconds: long, because a first start on a busy machine is slow. */
export const READY_TIMEOUT_MS = 60_000;

/** Time that a running service has to answer before it is started anew, milliseconds. */
export const ANSWER_TIMEOUT_MS = 10_000;

/** Time between SIGTERM and SIGKILL, milliseconds. */
export const STOP_GRACE_MS = 10_000;

/** Time that one probe may take, milliseconds. */
export const PROBE_TIMEOUT_MS = 2_000;
