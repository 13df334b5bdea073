const { test, expect } = require('@playwright/test');

test('single operations', async ({ page, request, browser }) => {
  test.setTimeout(120000);
  const figure = async (name, times, body) => {
    const began = Date.now();
    for (let n = 0; n < times; n++) await body(n);
    const ms = (Date.now() - began) / times;
    await request.post('/figures', { data: { name, ms } });
  };
  await page.goto('/still');
  await figure('goto', 30, () => page.goto('/still'));
  await figure('click', 100, () => page.getByRole('button', { name: 'Count' }).click());
  await figure('fill', 100, (n) => page.getByLabel('Name').fill(`Ada ${n}`));
  await figure('press', 100, () => page.getByLabel('Name').press('a'));
  await figure('text', 100, () => page.locator('h1').textContent());
  await figure('expect text', 100, () => expect(page.locator('h1')).toHaveText('Still'));
  await figure('expect visible after 100 ms', 20, async () => {
    await page.getByRole('button', { name: 'Late' }).click();
    await expect(page.locator('#late')).toBeVisible();
  });
  await figure('screenshot', 10, (n) => page.screenshot({ path: `figure-${n}.png` }));
});
