import type { ReactElement } from 'react';
import { Message } from '../Message';
import { useTranslation } from '../translation';
import type { Shown } from './types';

/** Why the list is empty, and what to do. */
export function NoRuns({ shown, isFiltered }: { shown: Shown; isFiltered: boolean }): ReactElement {
  const trans = useTranslation();
  if (isFiltered) {
    return (
      <Message
        title={trans.__('No run matches')}
        text={trans.__('Change the filter, or look among other runs.')}
      />
    );
  }
  switch (shown) {
    case 'archived':
      return (
        <Message
          title={trans.__('No archived runs')}
          text={trans.__('Archived runs are out of the way and lose nothing.')}
        />
      );
    case 'deleted':
      return (
        <Message
          title={trans.__('No deleted runs')}
          text={trans.__('What is deleted can be restored here.')}
        />
      );
    default:
      return (
        <Message
          title={trans.__('No runs yet')}
          text={trans.__('Start a cell with %%%%track, or call start_run(), and the run appears here.')}
        />
      );
  }
}
