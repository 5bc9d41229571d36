import { fileURLToPath } from 'node:url';

/** The workflow bundle beside the compiled worker. */
export const BUNDLE_PATH = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
