/** The processes of the local stack, in the order in which they are shown. */
export const SERVICES = ['temporal', 's3', 'sagemaker', 'worker'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What can be installed, started or stopped, one line of progress each. */
export type Step = 'python' | 'temporal-cli' | 's3-gateway' | 'stack' | ServiceName;

/** What happens to the stack, as it happens. */
export type StackEvent =
  /** A step began; `message` says what it does. */
  | { readonly kind: 'started'; readonly step: Step; readonly message: string }
  /** A step goes on; `message` is its latest news. */
  | { readonly kind: 'progress'; readonly step: Step; readonly message: string }
  /** A step is over; `ms` is how long it took. */
  | { readonly kind: 'done'; readonly step: Step; readonly message: string; readonly ms: number }
  /** Another program has the port that a service would have used. */
  | {
      readonly kind: 'port-taken';
      readonly step: Step;
      readonly message: string;
      readonly port: number;
      readonly chosen: number;
    };

/** Takes the events of one operation. */
export type Report = (event: StackEvent) => void;

/** Runs `work` as a step of progress: `work` answers with the line that says what came of it. */
export async function step<T extends { readonly message: string }>(
  name: Step,
  message: string,
  report: Report,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  report({ kind: 'started', step: name, message });
  const result = await work();
  report({ kind: 'done', step: name, message: result.message, ms: performance.now() - began });
  return result;
}
