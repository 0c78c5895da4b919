/** The body of an event of a lead that nobody knows yet. */
export function exampleEvent(description: string) {
  return {
    eventType: 'MESSAGE_SENT',
    eventCategory: 'SMS',
    leadAirtableId: 'rec0process0test0',
    description,
    source: 'test:process',
  };
}
