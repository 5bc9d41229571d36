import type { ErrorCode } from '../../core/errors.ts';

/** What a check has found. */
export type Finding =
  | { readonly status: 'ok'; readonly found: string }
  /** It cannot be told, or does not matter here. */
  | { readonly status: 'skipped'; readonly found: string }
  /** Runs work without, less well. */
  | { readonly status: 'warning'; readonly found: string; readonly mend: string }
  | { readonly status: 'failed'; readonly found: string; readonly mend: string; readonly code: ErrorCode };

/** One thing that runs need. */
export interface Check {
  readonly name: string;
  /** Looks, and changes nothing that stays. What it throws is a failure with the error's own words. */
  readonly look: () => Promise<Finding>;
}

export function ok(found: string): Finding {
  return { status: 'ok', found };
}

export function skipped(found: string): Finding {
  return { status: 'skipped', found };
}

export function warning(found: string, mend: string): Finding {
  return { status: 'warning', found, mend };
}

export function failed(code: ErrorCode, found: string, mend: string): Finding {
  return { status: 'failed', found, mend, code };
}
