import { Fragment, type ReactElement } from 'react';

const MARK = '\u0000';

/** Stands in a sentence where its part number `index`, from 0, will be. */
export function slot(index: number): string {
  return `${MARK}${index}${MARK}`;
}

/** A sentence whose parts are more than text; where they stand is the translation's choice. */
export function Filled({ text, parts }: { text: string; parts: ReactElement[] }): ReactElement {
  return (
    <>
      {text.split(MARK).map((one, place) => (
        <Fragment key={place}>{place % 2 === 0 ? one : parts[Number(one)]}</Fragment>
      ))}
    </>
  );
}
