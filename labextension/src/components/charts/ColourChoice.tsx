import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import { chosen } from './bundles';
import { FieldChoice } from './FieldChoice';
import type { IChart, IPanelProps } from './types';

interface IProps extends Pick<IPanelProps, 'options' | 'onOptions'> {
  chart: IChart | null;
  testid: string;
}

/** What of the runs gives them their colours. */
export function ColourChoice({ chart, options, onOptions, testid }: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <FieldChoice
      label={trans.__('Colour')}
      value={chosen(options, chart, 'color')}
      fields={chart?.fields ?? []}
      none={trans.__('none')}
      testid={testid}
      onChoice={color => onOptions({ color })}
    />
  );
}
