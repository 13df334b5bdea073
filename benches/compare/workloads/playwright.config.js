// The peer's configuration: the same browser, workers and isolation as ours, and nothing written.
const { defineConfig } = require('@playwright/test');

module.exports = defineConfig({
  testDir: '.',
  outputDir: './results',
  workers: Number(process.env.COMPARE_WORKERS),
  fullyParallel: true,
  reporter: 'null',
  use: {
    baseURL: process.env.COMPARE_URL,
    viewport: { width: 1280, height: 720 },
    launchOptions: { executablePath: process.env.COMPARE_BROWSER, chromiumSandbox: false },
  },
  projects: [
    { name: 'login', testMatch: 'login.js' },
    { name: 'tests', testMatch: '*.spec.js', dependencies: ['login'] },
  ],
});
