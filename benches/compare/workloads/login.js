// Logs in as the users of this workload; the server takes 300 ms for each.
const { test, expect } = require('@playwright/test');

for (let n = 0; n < Number(process.env.COMPARE_LOGINS); n++) {
  test(`logs in as user${n}`, async ({ page }) => {
    await page.goto('/login');
    await page.getByLabel('User').fill(`user${n}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL('/todos');
    await page.context().storageState({ path: `user${n}.json` });
  });
}
