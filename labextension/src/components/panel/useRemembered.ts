import { useCallback, useState } from 'react';
import type { IPanelHost } from './types';

/** A state that is there again the next time. */
export function useRemembered<T>(
  { memory }: IPanelHost,
  name: string,
  read: (kept: unknown) => T
): [T, (value: T) => void] {
  const [value, setValue] = useState(() => read(memory.read(name)));
  const remember = useCallback(
    (next: T) => {
      setValue(next);
      memory.write(name, next instanceof Set ? [...next] : next);
    },
    [memory, name]
  );
  return [value, remember];
}
