import { inheritedEnvironment, readPlaces, readToolSettings, type Places } from '../../../config/home.ts';
import type { Report } from '../progress.ts';
import type { Tools } from '../service.ts';
import { installBinary, type InstallContext } from './binary.ts';
import { findPython, installPython, type EnvironmentKind } from './python-environment.ts';
import { s3Gateway } from './s3-gateway.ts';
import { temporalCli } from './temporal-cli.ts';

export interface PrepareOptions {
  readonly places?: Places;
  /** `development` adds what tests and checks need to the Python environment. */
  readonly python?: EnvironmentKind;
  readonly signal?: AbortSignal;
}

/**
 * Has the programs of the stack there: those that the user names, that PATH or the cache has, or that have to be installed.
 * Needs no network where they are there. What can be installed at once is.
 *
 * @throws CrossfoldError StackFailed naming what is missing and what to install; the signal's reason where it was aborted
 */
export async function prepare(report: Report, options: PrepareOptions = {}): Promise<Tools> {
  const { places = readPlaces(), python = 'jobs', signal } = options;
  const settings = readToolSettings();
  const stop = new AbortController();
  const signals = signal === undefined ? [stop.signal] : [stop.signal, signal];
  const context: InstallContext = {
    ...{ places, settings, report },
    variables: inheritedEnvironment(),
    signal: AbortSignal.any(signals),
  };
  const installs = [
    installPython(python, context),
    installBinary(temporalCli, settings.temporalCli, context),
    installBinary(s3Gateway, settings.versitygw, context),
  ] as const;
  try {
    const [interpreter, cli, gateway] = await Promise.all(installs);
    return { python: interpreter, temporalCli: cli, s3Gateway: gateway };
  } catch (error) {
    // The others would go on for minutes, and leave processes behind.
    stop.abort(error);
    await Promise.allSettled(installs);
    throw error;
  }
}

/**
 * The interpreter with what jobs import, for a command that reads tables as jobs do. Needs no network where it is there.
 *
 * @throws CrossfoldError StackFailed naming what is missing and what to install; the signal's reason where it was aborted
 */
export async function preparePython(report: Report, options: Omit<PrepareOptions, 'python'> = {}): Promise<string> {
  return await installPython('jobs', contextOf(report, options));
}

/**
 * The interpreter with what jobs import, where it is there; installs nothing.
 *
 * @throws CrossfoldError StackFailed where the one that the user names will not do
 */
export async function installedPython(places: Places): Promise<string | undefined> {
  return await findPython(
    'jobs',
    contextOf(() => undefined, { places }),
  );
}

function contextOf(report: Report, { places = readPlaces(), signal }: PrepareOptions): InstallContext {
  return { places, report, signal, settings: readToolSettings(), variables: inheritedEnvironment() };
}
