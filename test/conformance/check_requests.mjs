// Reads requests as lines of JSON, [operation, request], and prints for each what the endpoint says of it: "" where it
// takes it, else the fault.
import { createInterface } from 'node:readline';
import { checkRequest } from '../../dist/local/sagemaker/model/check-request.js';

/** @param {string} said */
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const [operation, request] = JSON.parse(line);
  try {
    checkRequest(operation, request);
    say('');
  } catch (error) {
    say(`${error.code}: ${error.message}`);
  }
}
