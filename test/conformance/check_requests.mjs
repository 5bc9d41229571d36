// Reads requests as lines of JSON, [operation, request], and prints for each what the endpoint says of it: "" where it
// takes it, else the fault.
import { createInterface } from 'node:readline';
import { checkRequest } from '../../dist/local/sagemaker/model/check-request.js';

for await (const line of createInterface({ input: process.stdin })) {
  const [operation, request] = JSON.parse(line);
  try {
    checkRequest(operation, request);
    console.log(JSON.stringify(''));
  } catch (error) {
    console.log(JSON.stringify(`${error.code}: ${error.message}`));
  }
}
