import { createContext, useContext, useEffect } from 'react';

/** Given by the session. */
export const TitleContext = createContext<(text: string) => void>(() => undefined);

/** Names the window while this screen is shown, e.g. `algo-trade: building 40%`; the old name comes back by itself. */
export function useTitle(text: string): void {
  const name = useContext(TitleContext);
  useEffect(() => name(text), [name, text]);
}
