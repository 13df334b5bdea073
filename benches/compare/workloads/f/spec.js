const { test, expect } = require('@playwright/test');

test.use({ storageState: 'user{{login}}.json' });

for (let n = 1; n <= 2; n++) {
  test(`greets them ${n}`, async ({ page }) => {
    await page.goto('/todos');
    await expect(page.getByRole('heading', { name: 'To-dos of user{{login}}' })).toBeVisible();
  });
}
