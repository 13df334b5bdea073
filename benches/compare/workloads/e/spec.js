const { test, expect } = require('@playwright/test');

test.use({ storageState: 'user0.json' });

for (let n = 1; n <= 5; n++) {
  test(`are kept ${n}`, async ({ page }) => {
    await page.goto('/todos');
    await expect(page.getByRole('heading', { name: 'To-dos of user0' })).toBeVisible();
    await expect(page.getByTestId('advice')).toBeVisible();
    await page.getByLabel('New to-do').fill('milk');
    await page.getByLabel('New to-do').press('Enter');
    await page.getByLabel('New to-do').fill('bread');
    await page.getByLabel('New to-do').press('Enter');
    await expect(page.locator('li')).toHaveText(['milk', 'bread']);
    await page.getByLabel('milk', { exact: true }).check();
    await expect(page.getByTestId('left')).toHaveText('1 left');
    await page.getByRole('button', { name: 'Clear done' }).click();
    await expect(page.locator('li')).toHaveCount(1);
    await page.getByRole('button', { name: 'Delete bread' }).click();
    await expect(page.locator('li')).toHaveCount(0);
    await expect(page.getByText('Nothing to do')).toBeVisible();
  });
}
