import classes from './foreign.module.css';

interface ForeignProps {
  readonly text: string;
  /** Shown in so many lines at most; all of it is in the title. */
  readonly lines?: 2 | 3 | undefined;
  /** For the main cell of a table: keeps a width in which words can be read. */
  readonly cell?: boolean;
  readonly className?: string | undefined;
}

/** Text that came from outside: of any length, script and direction. It is set apart from the words around it. */
export function Foreign({ text, lines, cell = false, className }: ForeignProps) {
  const shape = lines === undefined ? classes.text : classes.clamped;
  return (
    <bdi
      className={[shape, cell && classes.cell, className].filter(Boolean).join(' ')}
      {...(lines !== undefined && { 'data-lines': lines, title: text })}
    >
      {text}
    </bdi>
  );
}
