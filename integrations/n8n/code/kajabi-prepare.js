import { providerKey, runKey, shortened, withoutEmpty } from './lib/entry.js';
import { readFailure } from './lib/failure.js';

/** One entry for each text: MESSAGE_SENT when SimpleTexting took it, MESSAGE_FAILED when it did not. */
export function run({ $, $input, $execution, $runIndex, $nodeId }) {
  const at = (itemIndex) => ({ executionId: $execution.id, nodeId: $nodeId, runIndex: $runIndex, itemIndex });
  return $input.all().map((item, i) => {
    const message = $('Compose Messages').itemMatching(i).json;
    const error = item.json.error ?? item.error;
    const content = error === undefined ? sent(message, item.json) : failed(message, error);
    const messageId = content.metadata.simpletexting_id;
    const idempotencyKey =
      messageId === undefined ? runKey(at(i), content) : providerKey('simpletexting', messageId, content.eventType);
    return {
      json: {
        ...content,
        source: 'n8n:kajabi-scheduler',
        executionId: $execution.id,
        timestamp: new Date().toISOString(),
        idempotencyKey,
      },
      pairedItem: { item: i },
    };
  });
}

function sent(message, answer) {
  return entry('MESSAGE_SENT', message, `SMS sent: ${shortened(message.message_text)}`, {
    simpletexting_id: answer.id,
    credits: answer.credits,
  });
}

function failed(message, error) {
  const failure = readFailure(error);
  return entry('MESSAGE_FAILED', message, `SMS failed: ${shortened(failure.message, 200)}`, {
    error_code: failure.body.code ?? failure.status ?? error.code,
    error_message: failure.message,
  });
}

function entry(eventType, message, description, more) {
  return {
    eventType,
    eventCategory: 'SMS',
    leadAirtableId: message.lead_airtable_id,
    description,
    messageContent: message.message_text,
    metadata: withoutEmpty({
      campaign_id: message.campaign,
      step: message.step,
      template_id: message.template_id,
      phone: message.phone,
      ...more,
    }),
  };
}
