const { test, expect } = require('@playwright/test');

for (const n of [1, 2]) {
  test(`opens a page ${n}`, async ({ page }) => {
    await page.goto('/still');
    await expect(page.locator('h1')).toHaveText('Still');
  });
}
