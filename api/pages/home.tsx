import type { Page } from './page.ts';
export const homePage: Page = {
  id: '',
  title: 'Did it sell?',
  about: 'Did social engagement sell anything, and how sure are we?',
  filters: [],
  async make() {
    return { figures: [], body: <p>soon</p> };
  },
};
