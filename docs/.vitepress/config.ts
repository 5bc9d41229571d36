import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

/** The documentation as a site: the pages of docs/ as they are, with a menu and a search that needs no network. */
export default defineConfig({
  title: 'crossfold',
  description: 'Cross validation, tuning and deployment as durable pipelines of SageMaker jobs',
  lang: 'en',
  outDir: fileURLToPath(new URL('../../dist/docs', import.meta.url)),
  cacheDir: fileURLToPath(new URL('../../node_modules/.cache/vitepress', import.meta.url)),
  // On a code host a folder's page is its README; on a site it is the index.
  rewrites: { 'README.md': 'index.md', ':folder/README.md': ':folder/index.md' },
  markdown: {
    config(markdown) {
      const { fence } = markdown.renderer.rules;
      markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
        const token = tokens[index];
        if (token?.info.trim() === 'mermaid') return `<Figure text="${encodeURIComponent(token.content)}" />`;
        return fence?.(tokens, index, options, env, self) ?? '';
      };
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: 'deep',
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Methods', link: '/methods' },
      { text: 'Command line', link: '/reference/cli' },
    ],
    sidebar: [
      { text: 'Tutorial', items: [{ text: 'From a table to a live model', link: '/tutorial' }] },
      {
        text: 'How to',
        items: [
          { text: 'Watch runs and read reports', link: '/how-to/watch' },
          { text: 'Try again, change and take back', link: '/how-to/again' },
          { text: 'Approve a model', link: '/how-to/approve' },
          { text: 'Retrain on a schedule', link: '/how-to/schedule' },
          { text: 'Encrypt what Temporal keeps', link: '/how-to/encrypt' },
          { text: 'Observe workers', link: '/observability/' },
          { text: 'Go to AWS', link: '/aws' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Command line', link: '/reference/cli' },
          { text: 'Pipeline file', link: '/reference/pipeline-file' },
          { text: 'Scripts', link: '/reference/scripts' },
          { text: 'Settings', link: '/reference/settings' },
          { text: 'Results', link: '/reference/result' },
          { text: 'Comparisons', link: '/reference/compare' },
          { text: 'Leak check', link: '/reference/leak-check' },
          { text: 'Errors and exit codes', link: '/reference/errors' },
        ],
      },
      {
        text: 'Explanation',
        items: [
          { text: 'Methods', link: '/methods' },
          { text: 'The local endpoint', link: '/local-endpoint' },
          { text: 'Decisions', link: '/decisions' },
        ],
      },
    ],
  },
});
