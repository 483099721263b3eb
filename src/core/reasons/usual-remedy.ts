/** What to do about a failure whose own words say no more. */
export const usualRemedy = 'Fix the problem, then retry.';
