/** `Showing 1–50 of 2,847`, `… of 10,000+`. */
export function pageRange(page: number, limit: number, shown: number, total: number, capped: boolean): string {
  const format = (count: number) => count.toLocaleString('en');
  const all = `${format(total)}${capped ? '+' : ''}`;
  if (shown === 0) return total === 0 ? 'Nothing to show' : `Nothing on this page of ${all}`;
  const first = (page - 1) * limit + 1;
  return `Showing ${format(first)}–${format(first + shown - 1)} of ${all}`;
}
