const { test, expect } = require('@playwright/test');

for (let n = 1; n <= 12; n++) {
  test(`works on a page ${n}`, async ({ page }) => {
    await page.goto('/still');
    await expect(page.locator('h1')).toHaveText('Still');
    await page.getByLabel('Name').fill('Ada');
    await expect(page.getByLabel('Name')).toHaveValue('Ada');
    await page.getByRole('button', { name: 'Greet' }).click();
    await expect(page.locator('#greeting')).toHaveText('Hello, Ada');
    await page.getByLabel('Agreed').check();
    await expect(page.getByLabel('Agreed')).toBeChecked();
    await page.getByLabel('Size').selectOption('Large');
    await expect(page.getByLabel('Size')).toHaveValue('l');
    await page.getByLabel('Name').clear();
    await expect(page.getByLabel('Name')).toBeEmpty();
    await page.getByLabel('Name').press('a');
    await expect(page.getByLabel('Name')).toHaveValue('a');
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByRole('button', { name: 'Count' }).click();
    await expect(page.locator('#count')).toHaveText('2');
    await page.getByLabel('Agreed').uncheck();
    await expect(page.getByLabel('Agreed')).not.toBeChecked();
    await expect(page.locator('li')).toHaveCount(10);
  });
}
