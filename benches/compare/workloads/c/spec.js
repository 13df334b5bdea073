const { test } = require('@playwright/test');

for (let n = 1; n <= 12; n++) {
  test(`opens a page ${n}`, async ({ page }) => { await page.setContent(''); });
}
