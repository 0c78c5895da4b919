'use client';

import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

interface SearchBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** Called when typing has paused for 300 ms, or at once with Enter. */
  readonly onSearch: (text: string) => void;
}

const PAUSE = 300;

/** The search of a page: `/` brings the keyboard here, Escape empties it. */
export function SearchBox({ label, placeholder, value, onSearch }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  useEffect(() => {
    // The address changed by other means, such as the browser's back button or a reset.
    if (value !== sent) {
      setText(value);
      setSent(value);
    }
  }, [value, sent]);
  const send = (next: string) => {
    setSent(next.trim());
    onSearch(next.trim());
  };
  const sendLater = useDebouncedCallback(send, PAUSE);
  const type = (next: string) => {
    setText(next);
    sendLater(next);
  };
  const clear = () => {
    sendLater.cancel();
    setText('');
    send('');
  };
  useHotkeys([['/', () => input.current?.focus()]]);
  return (
    <TextInput
      ref={input}
      type="search"
      role="searchbox"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={placeholder}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text !== '') clear();
        if (event.key === 'Enter') sendLater.flush();
      }}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
      rightSection={
        text === '' ? (
          <Kbd size="xs" visibleFrom="sm">
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label="Clear search" onClick={clear} />
        )
      }
    />
  );
}
