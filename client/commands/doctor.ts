import { pointAtStack, processEnvironment } from '../../config/environment.ts';
import { readPlaces } from '../../config/home.ts';
import { exitCodeOf } from '../../core/errors.ts';
import { stackEnvironment } from '../../local/stack/environment.ts';
import type { AddCommand } from '../command.ts';
import { awsChecks } from '../doctor/aws.ts';
import { examine } from '../doctor/examine.ts';
import { machineChecks } from '../doctor/machine.ts';
import { temporalChecks } from '../doctor/temporal.ts';
import { doctorText } from '../format/doctor-text.ts';

/** `crossfold doctor`: whether everything is there that runs need. */
export const addDoctor: AddCommand = (program, { terminal, exit }) => {
  program
    .command('doctor')
    .summary('check what runs need, and say how to mend it')
    .description(
      'Checks this machine, the settings, Temporal, a worker, and AWS or the local stack; says of each fault how to mend it. ' +
        'Writes one object below the prefix and deletes it. Exits with 0 where nothing has failed, else as the first failure would: ' +
        '2 for settings, 5 for what does not answer or refuses.',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExample:\n  crossfold doctor')
    .action(async (options: { json?: true }) => {
      const places = readPlaces();
      pointAtStack(stackEnvironment(places));
      const variables = processEnvironment();
      const checks = [...machineChecks(places), ...temporalChecks(variables), ...awsChecks(variables)];
      const findings = await examine(checks);
      terminal.print(options.json === true ? JSON.stringify(findings, null, 2) : doctorText(findings));
      const [first] = findings.flatMap((each) => (each.status === 'failed' ? [each.code] : []));
      if (first !== undefined) exit(exitCodeOf(first));
    });
};
