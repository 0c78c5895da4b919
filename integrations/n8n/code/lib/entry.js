/** What the nodes that prepare log entries share. */

const MAX_KEY_LENGTH = 255;

/**
 * The idempotency key of something that the provider itself has numbered: delivered twice, or logged by two nodes, it is
 * the same event and stands in the book once.
 */
export function providerKey(provider, eventId, kind) {
  const key = `${provider}:${eventId}:${kind}`;
  return key.length <= MAX_KEY_LENGTH ? key : `${provider}:${fingerprint(String(eventId))}:${kind}`;
}

/**
 * The idempotency key of something that nobody has numbered. A retry of the HTTP node sends the prepared entry again, and
 * so the same key. Two nodes differ in their ids, rounds of a loop in the run index (the item index starts anew in each),
 * and whatever should coincide in all of these differs in its content.
 */
export function runKey({ executionId, nodeId, runIndex, itemIndex }, content) {
  return `n8n:${executionId}:${nodeId}:${runIndex}:${itemIndex}:${fingerprint(JSON.stringify(content))}`;
}

/** 53 bits of a text (cyrb53): Code nodes have no crypto module. */
export function fingerprint(text) {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/** The first words of a message, for a description. */
export function shortened(text, max = 50) {
  const line = String(text ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length > max ? `${characters.slice(0, max).join('').trimEnd()}...` : line;
}

/** Without the members that say nothing. */
export function withoutEmpty(object) {
  const isSaid = ([, value]) => value !== undefined && value !== null && value !== '';
  return Object.fromEntries(Object.entries(object).filter(isSaid));
}

/** An ISO 8601 instant as it came when it is one, else undefined. */
export function instantOf(value) {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/**
 * When it happened, as the provider says it. Where it does not say, when it was told here: that is no part of what the key
 * stands for, so that a webhook which is delivered again, later, says the same.
 */
export function timeOf(said, now = new Date()) {
  const timestamp = instantOf(said);
  return timestamp === undefined ? { observedAt: now.toISOString() } : { timestamp };
}

export function isRecordId(value) {
  return typeof value === 'string' && /^rec[A-Za-z0-9]+$/.test(value);
}
