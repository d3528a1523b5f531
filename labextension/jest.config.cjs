/** Components and what they stand on, in Node: no browser, no server. Types are checked by tsc before. */
module.exports = {
  testEnvironment: 'jsdom',
  testMatch: ['<rootDir>/tests/**/*.test.{ts,tsx}'],
  transform: { '\\.tsx?$': '<rootDir>/scripts/transform.cjs' },
  // The browser's locale is the reader's; here it is the same for everybody.
  globalSetup: '<rootDir>/scripts/locale.cjs',
  maxWorkers: 2
};
