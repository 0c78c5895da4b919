'use client';

import { useMemo } from 'react';
import { BUILT_IN_TYPES, CATEGORIES, CATEGORY_LABELS, type Category } from '#domain/catalogue/index.ts';
import { FilterSelect } from '../../ui/filter-select.tsx';
import { useTypes } from '../activity/use-types.ts';

interface TypeFilterProps {
  readonly values: readonly string[];
  readonly onChange: (values: string[]) => void;
}

/** Event types, by category; a workspace's own among them. */
export function TypeFilter({ values, onChange }: TypeFilterProps) {
  const { types } = useTypes();
  const options = useMemo(() => {
    const all = types ?? BUILT_IN_TYPES;
    return CATEGORIES.flatMap((category) =>
      all
        .filter((type) => type.category === category)
        .map((type) => ({ value: type.name, label: type.label, group: CATEGORY_LABELS[category] })),
    );
  }, [types]);
  return <FilterSelect label="Type" options={options} values={values} onChange={onChange} multiple />;
}

interface CategoryFilterProps {
  readonly values: readonly Category[];
  readonly onChange: (values: Category[]) => void;
}

const CATEGORY_OPTIONS = CATEGORIES.map((category) => ({ value: category, label: CATEGORY_LABELS[category] }));

export function CategoryFilter({ values, onChange }: CategoryFilterProps) {
  return (
    <FilterSelect
      label="Category"
      options={CATEGORY_OPTIONS}
      values={values}
      onChange={(chosen) => onChange(CATEGORIES.filter((category) => chosen.includes(category)))}
      multiple
    />
  );
}
