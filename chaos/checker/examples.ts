/** The first few of what is wrong, by kind: enough to look for the cause. */
export interface Examples {
  add(kind: string, example: string): void;
  readonly all: Readonly<Record<string, readonly string[]>>;
}

const ENOUGH = 5;

export function createExamples(): Examples {
  const all: Record<string, string[]> = {};
  return {
    all,
    add(kind, example) {
      all[kind] ??= [];
      const list = all[kind];
      if (list.length < ENOUGH) list.push(example);
    },
  };
}
