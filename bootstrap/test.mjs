// Sets everything up, then runs all tests: vitest, then pytest; with --check the checks of the sources before them.
// Other arguments go to vitest, and then pytest is left out.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';
import { Failure, run, runMain } from './child.mjs';
import { setup } from './setup.mjs';

const CHECK = '--check';

/** pytest's exit code where it found no test. */
const NO_TESTS = 5;

await runMain(async (signal) => {
  const args = process.argv.slice(2).filter((arg) => arg !== CHECK);
  const tools = await setup({ signal, development: true });
  const env = {
    ...process.env,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CROSSFOLD_PYTHON: tools.python,
    CROSSFOLD_TEMPORAL_CLI: tools.temporalCli,
    CROSSFOLD_VERSITYGW: tools.s3Gateway,
  };
  const options = { signal, cwd: root, env };
  const folder = mkdtempSync(join(tmpdir(), 'crossfold-test-'));
  try {
    const failures = [];
    if (process.argv.includes(CHECK)) failures.push(...(await check(options, tools.python)));
    const counts = [await vitest(options, args, join(folder, 'vitest.json'))];
    if (args.length === 0) counts.push(await pytest(options, tools.python, join(folder, 'pytest.xml')));
    const passed = counts.reduce((sum, count) => sum + count.passed, 0);
    const failed = counts.reduce((sum, count) => sum + count.failed, 0);
    for (const name of failures) console.log(`check failed: ${name}`);
    console.log(`${passed} passed, ${failed} failed`);
    if (failed > 0 || failures.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Runs the checks of the sources, all of them; answers with the names of those that failed. */
async function check(options, python) {
  const checks = [
    ['npm run check', 'npm', ['run', '--silent', 'check']],
    ['ruff check', python, ['-m', 'ruff', 'check', '.']],
    ['ruff format', python, ['-m', 'ruff', 'format', '--check', '.']],
  ];
  const failed = [];
  for (const [name, command, args] of checks) {
    console.log(`> ${name}`);
    if ((await run(command, args, options)) !== 0) failed.push(name);
  }
  return failed;
}

async function vitest(options, args, report) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], options);
  if (!existsSync(report)) throw new Failure(`vitest ended with exit code ${code} and no report`);
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that fails to load or to set up has no failed test; an error outside of all tests has not even a file.
  const hasFailedTest = (file) => file.assertionResults.some((test) => test.status === 'failed');
  const broken = testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length;
  const failed = numFailedTests + broken;
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function pytest(options, python, report) {
  // A file stays with one worker: its tests share a stack.
  const workers = ['-n', String(Math.min(4, availableParallelism())), '--dist', 'loadfile'];
  const code = await run(python, ['-m', 'pytest', '-q', ...workers, `--junitxml=${report}`], options);
  if (code === NO_TESTS) return { passed: 0, failed: 0 };
  if (!existsSync(report)) throw new Failure(`pytest ended with exit code ${code} and no report`);
  const [suite] = /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8')) ?? [''];
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const passed = count('tests') - failed - count('skipped');
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}
