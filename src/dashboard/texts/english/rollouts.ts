export const rollouts = {
  title: 'Rollouts',
  forAll: 'for all devices',
  stepOf: (step: number, steps: number) => `step ${step} of ${steps}`,
};
