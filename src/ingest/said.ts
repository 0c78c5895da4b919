/**
 * What a body of the lead door says about its event, without what brought the event: a webhook that is delivered twice says
 * the same under the same key, in another execution and later. Only beside a key: without one they tell events apart.
 */
export function saidOf(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { executionId, observedAt, ...said } = body;
  return said;
}
