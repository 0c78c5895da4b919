/**
 * Makes this process, and those it starts, run the production code of React and Next, which choose it by the environment
 * when they are first loaded. Also keeps Next from reporting home.
 */
export function chooseProductionCode(): void {
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
}
