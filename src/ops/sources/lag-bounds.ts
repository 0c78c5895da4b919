/** Upper bounds of the counts in source_rate.lags, in seconds; what is more goes into one last count. */
export const LAG_BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400] as const;
