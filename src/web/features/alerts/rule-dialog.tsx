'use client';

import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import {
  ALERT_KINDS,
  type AlertKind,
  defaultParams,
  kindSpec,
  type RuleInput,
  type RuleView,
  ruleInput,
} from '#domain/alert.ts';
import { trpc } from '../../trpc/client.ts';
import type { FieldLabels } from '../../trpc/errors.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';
import classes from './alerts.module.css';
import { QuietEditor } from './quiet-editor.tsx';

interface RuleDialogProps {
  /** Undefined for a new one. */
  readonly rule: RuleView | undefined;
  readonly onClose: () => void;
}

const REMINDERS = [
  { value: '0', label: 'Never' },
  { value: '15', label: 'Every 15 minutes' },
  { value: '30', label: 'Every 30 minutes' },
  { value: '60', label: 'Every hour' },
  { value: '240', label: 'Every 4 hours' },
  { value: '720', label: 'Every 12 hours' },
  { value: '1440', label: 'Every day' },
];
const KINDS = ALERT_KINDS.map((value) => ({ value, label: kindSpec(value).label }));

/** The fields as the dialog calls them; the thresholds of a kind have names of their own. */
function labelsOf(kind: AlertKind): FieldLabels {
  const params = Object.entries(kindSpec(kind).params).map(([name, { label }]) => [`params.${name}`, label]);
  const known = { name: 'Name', kind: 'What it watches', sources: 'Only these sources', channelIds: 'Channels' };
  return { ...known, quiet: 'Quiet times', remindMinutes: 'Remind', ...Object.fromEntries(params) };
}

function initial(rule: RuleView | undefined): RuleInput {
  if (rule) {
    const { name, kind, enabled, severity, params, sources, allChannels, channelIds } = rule;
    const { quiet, quietHoldsCritical, remindMinutes } = rule;
    const known = { name, kind, enabled, severity, params, sources, allChannels, channelIds };
    return { ...known, quiet, quietHoldsCritical, remindMinutes };
  }
  return ofKind('persistent-failures', '');
}

function ofKind(kind: AlertKind, name: string): RuleInput {
  const { severity, remindMinutes } = kindSpec(kind);
  const told = { allChannels: true, channelIds: [], quiet: [], quietHoldsCritical: false, remindMinutes };
  return { name, kind, enabled: true, severity, params: defaultParams(kind), sources: [], ...told };
}

/** Makes a rule, or changes one. */
export function RuleDialog({ rule, onClose }: RuleDialogProps) {
  const utils = trpc.useUtils();
  const channels = trpc.alerts.channels.useQuery();
  const form = useForm<RuleInput>({
    initialValues: initial(rule),
    validate: schemaResolver(ruleInput, { sync: true }),
  });
  const { kind, params, severity, allChannels, quiet, remindMinutes } = form.values;
  const spec = kindSpec(kind);
  const onSuccess = () => {
    toastDone('The rule is saved');
    void utils.alerts.invalidate();
    onClose();
  };
  const create = trpc.alerts.createRule.useMutation({ onSuccess });
  const update = trpc.alerts.updateRule.useMutation({ onSuccess });
  const submit = form.onSubmit((values) => {
    if (rule) update.mutate({ id: rule.id, rule: values });
    else create.mutate(values);
  });
  const reminders = REMINDERS.some(({ value }) => value === String(remindMinutes))
    ? REMINDERS
    : [...REMINDERS, { value: String(remindMinutes), label: `Every ${remindMinutes} minutes` }];
  return (
    <Modal opened onClose={onClose} title={rule ? `Edit ${rule.name}` : 'Add rule'} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {!rule && (
            <Select
              label="What it watches"
              data={KINDS}
              value={kind}
              allowDeselect={false}
              onChange={(value) => {
                const next = ALERT_KINDS.find((known) => known === value);
                if (next) form.setValues(ofKind(next, form.values.name));
              }}
            />
          )}
          <Text size="sm" c="dimmed">
            {spec.description}
          </Text>
          <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} data-autofocus />
          <div className={classes.params}>
            {Object.entries(spec.params).map(([name, { label, unit, min, max }]) => (
              <NumberInput
                key={`${kind} ${name}`}
                label={label}
                suffix={` ${unit}`}
                min={min}
                max={max}
                clampBehavior="none"
                value={params[name] ?? ''}
                onChange={(value) => form.setFieldValue(`params.${name}`, Number(value))}
                error={form.errors[`params.${name}`]}
              />
            ))}
          </div>
          {spec.bySource && (
            <TagsInput
              label="Only these sources"
              description="All sources when empty"
              placeholder="n8n:sms-scheduler"
              {...form.getInputProps('sources')}
            />
          )}
          <div>
            <Text size="sm" fw={500} mb={4} id="severity-label">
              Severity
            </Text>
            <SegmentedControl
              aria-labelledby="severity-label"
              value={severity}
              onChange={(value) => form.setFieldValue('severity', value === 'critical' ? 'critical' : 'warning')}
              data={[
                { value: 'warning', label: 'Warning' },
                { value: 'critical', label: 'Critical' },
              ]}
            />
          </div>
          <Stack gap={8}>
            <Switch
              label="Tell every channel, also those added later"
              {...form.getInputProps('allChannels', { type: 'checkbox' })}
            />
            {!allChannels && (
              <MultiSelect
                label="Channels"
                description="None: it is shown in the app alone"
                data={(channels.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                {...form.getInputProps('channelIds')}
              />
            )}
          </Stack>
          <Select
            label="Remind while it is open and nobody has acknowledged it"
            data={reminders}
            value={String(remindMinutes)}
            allowDeselect={false}
            onChange={(value) => form.setFieldValue('remindMinutes', Number(value))}
          />
          <QuietEditor value={quiet} onChange={(next) => form.setFieldValue('quiet', next)} errors={form.errors} />
          {quiet.length > 0 && (
            <Switch
              label="Hold back critical alerts too"
              {...form.getInputProps('quietHoldsCritical', { type: 'checkbox' })}
            />
          )}
          <FormError error={create.error ?? update.error} labels={labelsOf(kind)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              Save rule
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
