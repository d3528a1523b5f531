import type { ReactElement } from 'react';

/** What to do, and the line of code that does it. */
export function Hint({ text, code }: { text: string; code: string }): ReactElement {
  return (
    <>
      {text} <code>{code}</code>
    </>
  );
}
