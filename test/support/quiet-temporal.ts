import { DefaultLogger, Runtime } from '@temporalio/worker';

// A test's own workers tell what goes wrong, not each of their states.
Runtime.install({ logger: new DefaultLogger('ERROR') });
