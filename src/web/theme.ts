'use client';

import {
  ActionIcon,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  NavLink,
  Notification,
  SegmentedControl,
  Skeleton,
  Table,
  Tooltip,
} from '@mantine/core';

/** Ink blue: the colour of links, focus and the one button that matters on a page. */
const ink: MantineColorsTuple = [
  '#eef3fb',
  '#dbe4f3',
  '#b6c8e6',
  '#8eaad9',
  '#6c90ce',
  '#5780c7',
  '#3a64b0',
  '#315697',
  '#284a86',
  '#1b3e75',
];

/** Greys of the dark scheme, cooler and deeper than the library's. */
const dark: MantineColorsTuple = [
  '#d5d8de',
  '#b4b8c1',
  '#9a9fab',
  '#737986',
  '#3b404a',
  '#2c3038',
  '#23262d',
  '#1a1d22',
  '#131519',
  '#0d0f12',
];

/** Names that came from outside may be of any length, without a blank in them. */
const BREAKS = { minWidth: 0, overflowWrap: 'anywhere' } as const;

export const theme = createTheme({
  colors: { ink, dark },
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 6 },
  defaultRadius: 'md',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.55', xl: '1.6' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    // The placeholder would be a child that a menu may not have.
    Menu: Menu.extend({
      defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md' },
      styles: { itemLabel: BREAKS, label: BREAKS },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        // Its header element is no banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
      styles: { title: { fontSize: '1.0625rem', fontWeight: 620, ...BREAKS }, body: BREAKS },
    }),
    NavLink: NavLink.extend({ defaultProps: { variant: 'light' } }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: BREAKS, description: BREAKS },
    }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: 'sm' } }),
    SegmentedControl: SegmentedControl.extend({
      styles: { root: { border: '1px solid var(--mantine-color-default-border)' } },
    }),
    // The lines of a table are those of every other list.
    Table: Table.extend({
      defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'md', borderColor: 'var(--hb-line)' },
      styles: { th: { whiteSpace: 'nowrap' } },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: true } }),
  },
});

/** A red on which white can be read, in either scheme. */
const RED = {
  '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
  '--mantine-color-red-filled-hover': '#b02525',
};

/** How much of its darkest shade the text of a light badge keeps, in percent; black is the rest. */
const BADGE_TEXT = { red: 92, teal: 88, green: 78, lime: 66, yellow: 64, orange: 78 };

function badgeText(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(BADGE_TEXT).map(([colour, share]) => [
      `--mantine-color-${colour}-light-color`,
      `color-mix(in srgb, var(--mantine-color-${colour}-9) ${share}%, black)`,
    ]),
  );
}

/** Where the library's own text colours miss a contrast of 4.5 : 1, ours take their place. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...RED,
    '--mantine-color-body': '#fbfbfa',
    '--mantine-color-text': '#1c1f24',
    '--mantine-color-dimmed': '#5c636e',
    '--mantine-color-placeholder': '#6a717c',
    '--mantine-color-default-border': '#dfe1e5',
    '--mantine-color-error': '#c92a2a',
    ...badgeText(),
    '--hb-surface': '#ffffff',
    '--hb-line': '#e8e9ec',
    '--hb-hover': '#f5f6f7',
    '--hb-fresh': '#fff6d6',
  },
  dark: {
    ...RED,
    '--mantine-color-dimmed': '#9da3af',
    '--mantine-color-placeholder': '#8d93a0',
    '--mantine-color-default-border': '#343944',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#9db9e8',
    '--mantine-color-body': '#14161a',
    '--hb-surface': '#1a1d22',
    '--hb-line': '#292d35',
    '--hb-hover': '#20242a',
    '--hb-fresh': '#332d16',
  },
});
