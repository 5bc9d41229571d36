import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The design's import rule: each folder, and the folders of ours that it may import. */
const mayImport = {
  core: [],
  config: ['core'],
  workflows: ['core', 'activities'],
  activities: ['core'],
  worker: ['core', 'config', 'workflows', 'activities'],
  // `crossfold worker` is the one command that starts one.
  client: ['core', 'config', 'workflows', 'activities', 'local', 'worker'],
  local: ['core', 'config'],
};

const zones = Object.entries(mayImport)
  .map(([target, allowed]) => ({
    target: `./${target}`,
    from: Object.keys(mayImport)
      .filter((folder) => folder !== target && !allowed.includes(folder))
      .map((folder) => `./${folder}`),
    message: `${target}/ may import only: ${['itself', ...allowed].join(', ')}.`,
  }))
  .filter(({ from }) => from.length > 0);

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.crossfold/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
    },
  },
  {
    // The AWS SDK has one home; the local endpoint needs S3 alone, to fetch and keep what its jobs read and write.
    files: ['core/**', 'config/**', 'workflows/**', 'worker/**', 'client/**', 'local/**'],
    ignores: ['local/sagemaker/objects.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@aws-sdk/*'] }] },
  },
  {
    // Workflow code runs in Temporal's sandbox: activities are known by their types alone, and Node is not there.
    files: ['workflows/**', 'core/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/activities/**'],
              allowTypeImports: true,
              message: 'Workflows know activities by their types.',
            },
            { group: ['node:*', '@aws-sdk/*'], message: 'Not available where this code runs.' },
          ],
        },
      ],
    },
  },
  {
    files: ['core/**'],
    rules: { 'no-restricted-globals': ['error', 'process', 'console', 'Date', 'setTimeout', 'fetch'] },
  },
  {
    files: ['client/**', 'bootstrap/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.mjs', '**/*.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } },
);
