/**
 * What time is: that on the wall, or that which this process has computed for, all its threads together. The latter is
 * right for one thread on a machine that is busy otherwise. In milliseconds.
 */
export const clocks = {
  wall: () => performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
export type ClockName = keyof typeof clocks;

export const clockNames = Object.keys(clocks) as ClockName[];
