import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The pages for users, by their path from the project's folder. */
export async function pages(): Promise<string[]> {
  const found = await readdir(join(ROOT, 'docs'), { recursive: true });
  return ['README.md', ...found.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].sort();
}

export async function pageText(page: string): Promise<string> {
  return await readFile(join(ROOT, page), 'utf8');
}

/** The blocks of a page in a language, in their order, without the indentation of a list around them. */
export function blocks(text: string, language: string): string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\`$`, 'gms');
  return [...text.matchAll(fence)].map(([, indent = '', content = '']) =>
    content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** Every command of crossfold that a page has, in a block or in a sentence. */
export function commandsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`(?:npx )?crossfold ([^`\n]+)`/g)];
  const lines = blocks(text, 'sh').flatMap((block) => [
    ...block.matchAll(/(?<=^ *|npx |[(|&;] *)crossfold ([a-z][^#|)&>\n]*)/gm),
  ]);
  return [...quoted, ...lines].map(([, command = '']) => command.trim());
}
