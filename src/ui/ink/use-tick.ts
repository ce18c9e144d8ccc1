import { useEffect, useState } from 'react';

/** Paints again every so often, for what moves by the clock alone; returns how often it has. */
export function useTick(ms: number): number {
  const [tick, advance] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => advance((before) => before + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return tick;
}
