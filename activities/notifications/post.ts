import { CrossfoldError } from '../../core/errors.ts';

/** Nobody needs longer to take a few lines of text, milliseconds. */
const PATIENCE_MS = 10_000;
/** Answers that another attempt may change (RFC 9110, RFC 6585). */
const LATER = new Set([408, 425, 429]);

/**
 * Posts JSON. Addresses are secrets of some receivers: errors name the channel alone. Redirects are not followed, as the receiver is not theirs to choose.
 *
 * @throws CrossfoldError Unreachable where a later attempt may succeed, else RequestInvalid
 */
export async function postJson(
  channel: string,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'it does not answer' : 'it cannot be reached';
    throw new CrossfoldError('Unreachable', `the ${channel} did not take a notification: ${why}.`);
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  const retry = answer.status >= 500 || LATER.has(answer.status);
  throw new CrossfoldError(
    retry ? 'Unreachable' : 'RequestInvalid',
    `the ${channel} did not take a notification: it answered ${answer.status}.${retry ? '' : ' Check its address and its secret.'}`,
  );
}
