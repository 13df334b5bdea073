const { test, expect } = require('@playwright/test');

for (let n = 1; n <= 12; n++) {
  test(`computes ${n}`, () => { expect(n + n).toBe(2 * n); });
}
