import DefaultTheme from 'vitepress/theme';
import type { Theme } from 'vitepress';
import { Figure } from './figure.ts';

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component('Figure', Figure),
} satisfies Theme;
