'use client';

import { ThemeIcon } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconBell,
  IconBoltOff,
  IconCalendarCheck,
  IconCalendarTime,
  IconCalendarX,
  IconChecks,
  IconClick,
  IconDatabasePlus,
  IconFlag,
  IconHandGrab,
  IconHelpCircle,
  IconLink,
  IconMail,
  IconMessageCheck,
  IconMessageReply,
  IconNote,
  IconPhone,
  IconPlant,
  IconRobot,
  IconSend,
  IconStar,
  IconSwitchHorizontal,
  IconTag,
  IconTarget,
  IconTrophy,
  IconUrgent,
  IconUserMinus,
  IconUserPlus,
  type TablerIcon,
} from '@tabler/icons-react';
import type { ActivityType, IconName } from '#domain/catalogue/index.ts';

const DRAWINGS: Readonly<Record<IconName, TablerIcon>> = {
  send: IconSend,
  'alert-triangle': IconAlertTriangle,
  checks: IconChecks,
  'message-reply': IconMessageReply,
  click: IconClick,
  ban: IconBan,
  'user-plus': IconUserPlus,
  'user-minus': IconUserMinus,
  trophy: IconTrophy,
  'calendar-check': IconCalendarCheck,
  'calendar-x': IconCalendarX,
  'calendar-time': IconCalendarTime,
  'switch-horizontal': IconSwitchHorizontal,
  note: IconNote,
  'hand-grab': IconHandGrab,
  robot: IconRobot,
  'help-circle': IconHelpCircle,
  'message-check': IconMessageCheck,
  plant: IconPlant,
  'bolt-off': IconBoltOff,
  urgent: IconUrgent,
  'database-plus': IconDatabasePlus,
  target: IconTarget,
  link: IconLink,
  tag: IconTag,
  star: IconStar,
  phone: IconPhone,
  mail: IconMail,
  flag: IconFlag,
  bell: IconBell,
};

interface IconDrawingProps {
  readonly name: IconName;
  readonly size?: number;
}

/** An icon of the catalogue; decoration, so that the words beside it must say the same. */
export function IconDrawing({ name, size = 16 }: IconDrawingProps) {
  const Drawing = DRAWINGS[name];
  return <Drawing size={size} stroke={1.75} aria-hidden />;
}

interface TypeIconProps {
  readonly type: Pick<ActivityType, 'icon' | 'colour'>;
  readonly size?: number;
}

/** The icon of an event type on its colour. */
export function TypeIcon({ type, size = 28 }: TypeIconProps) {
  return (
    <ThemeIcon variant="light" color={type.colour} size={size} radius="xl" aria-hidden>
      <IconDrawing name={type.icon} size={Math.round(size * 0.57)} />
    </ThemeIcon>
  );
}
