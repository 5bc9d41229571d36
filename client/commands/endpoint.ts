import { deleteEndpoint, describeEndpoint, listEndpoints } from '../../activities/endpoint-list.ts';
import type { AddCommand } from '../command.ts';
import { tableText } from '../format/table.ts';
import { timeText } from '../format/time-text.ts';
import { withSageMaker } from '../sagemaker-session.ts';

/** `crossfold endpoint`: what serves models. */
export const addEndpoint: AddCommand = (program, shell) => {
  const endpoint = program
    .command('endpoint')
    .summary('list, describe and delete endpoints')
    .description('Shows and deletes the endpoints that serve models. An endpoint costs until it is deleted.');
  addListing(endpoint, shell);
  addDescribe(endpoint, shell);
  addDelete(endpoint, shell);
};

const addListing: AddCommand = (endpoint, { terminal }) => {
  endpoint
    .command('list')
    .summary('list the endpoints')
    .description('Lists the endpoints of the account, by name.')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: true }) => {
      const found = await withSageMaker(({ sagemaker }) => listEndpoints(sagemaker));
      if (options.json === true) {
        terminal.print(JSON.stringify(found, null, 2));
        return;
      }
      const rows = found.map(({ name, status, created }) => [name, status, timeText(created)]);
      const head = ['endpoint', 'status', 'created'];
      terminal.print(found.length === 0 ? 'no endpoints' : tableText(head, rows, terminal.width()));
    });
};

const addDescribe: AddCommand = (endpoint, { terminal }) => {
  endpoint
    .command('describe')
    .summary('show what an endpoint serves')
    .description('Shows the state of an endpoint, its config, and its instances.')
    .argument('<endpoint>', 'the endpoint')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: { json?: true }) => {
      const found = await withSageMaker(({ sagemaker }) => describeEndpoint(sagemaker, name));
      const lines = [
        `Endpoint    ${found.name}: ${found.status}`,
        ...(found.reason === undefined ? [] : [`Reason      ${found.reason}`]),
        `Config      ${found.config}`,
        ...found.variants.map((variant) => `Variant     ${variant.name}: ${variant.instances} instances`),
        `Created     ${timeText(found.created)}`,
      ];
      terminal.print(options.json === true ? JSON.stringify(found, null, 2) : lines.join('\n'));
    });
};

const addDelete: AddCommand = (endpoint, { terminal }) => {
  endpoint
    .command('delete')
    .summary('delete an endpoint')
    .description('Deletes an endpoint. The model package stays in the registry, so that it can be deployed again.')
    .argument('<endpoint>', 'the endpoint')
    .action(async (name: string) => {
      await withSageMaker(({ sagemaker }) => deleteEndpoint(sagemaker, name));
      terminal.note(`endpoint ${name} is being deleted.`);
    });
};
