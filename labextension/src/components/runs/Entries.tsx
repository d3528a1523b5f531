import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { LongText } from './LongText';
import { Section } from './Section';

const MANY = 12;
/** Of more than these only what is in sight is in the page. */
const MOST = 60;
const HEIGHT = 29;

export interface ILine {
  key: string;
  value: string;
  /** More columns, such as the least and greatest value. */
  more?: string[];
}

interface IProps {
  title: string;
  lines: ILine[];
  /** Titles of the columns, where there are more than names and values. */
  heads?: string[];
  numeric?: boolean;
  folded?: boolean;
  /** What to do where there is nothing. */
  empty?: ReactNode;
}

/** Names and values, to be searched where there are many. */
export function Entries({ title, lines, heads, numeric, folded, empty }: IProps): ReactElement {
  const trans = useTranslation();
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(folded !== true);
  const found = useMemo(() => {
    const words = search.toLowerCase();
    return lines.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(words));
  }, [lines, search]);
  const fold = folded === true && (
    <button type="button" className="jp-mlops-link" aria-expanded={open} onClick={() => setOpen(!open)}>
      {open ? trans.__('Hide') : trans.__('Show')}
    </button>
  );
  return (
    <Section title={title} count={lines.length} tools={fold}>
      {lines.length === 0 && <p className="jp-mlops-quiet">{empty ?? trans.__('Nothing was logged.')}</p>}
      {open && lines.length > MANY && (
        <SearchBox
          value={search}
          label={trans.__('Search %1', title.toLowerCase())}
          testid={`mlops-search-${title.toLowerCase()}`}
          onChange={setSearch}
        />
      )}
      {open && lines.length > 0 && (
        <Rows title={title} lines={found} heads={heads ?? null} numeric={numeric === true} />
      )}
      {open && lines.length > 0 && found.length === 0 && (
        <p className="jp-mlops-quiet">{trans.__('Nothing matches “%1”.', search)}</p>
      )}
    </Section>
  );
}

interface IRows {
  title: string;
  lines: ILine[];
  heads: string[] | null;
  numeric: boolean;
}

function Rows({ title, lines, heads, numeric }: IRows): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const isLong = lines.length > MOST;
  const virtual = useVirtualizer({
    count: isLong ? lines.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    initialRect: { width: 300, height: 480 },
    overscan: 10
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = isLong ? virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0) : 0;
  const shown = isLong
    ? items.flatMap(({ index }) => {
        const line = lines[index];
        return line === undefined ? [] : [{ line, index }];
      })
    : lines.map((line, index) => ({ line, index }));
  return (
    <div
      ref={scroller}
      className="jp-mlops-entries"
      data-long={isLong || undefined}
      tabIndex={isLong ? 0 : undefined}
      role={isLong ? 'group' : undefined}
      aria-label={isLong ? title : undefined}
    >
      <table aria-label={title} aria-rowcount={lines.length + 1} data-numeric={numeric}>
        {heads !== null && (
          <thead>
            <tr>
              {heads.map((head, at) => (
                <th key={head} scope="col" className={at > 0 && numeric ? 'jp-mlops-number' : undefined}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {shown.map(({ line, index }) => (
            <tr key={line.key} aria-rowindex={index + 2} data-key={line.key}>
              <th scope="row" title={line.key}>
                {line.key}
              </th>
              {[line.value, ...(line.more ?? [])].map((value, at) => (
                <td key={at} className={numeric ? 'jp-mlops-number' : undefined}>
                  <LongText text={value} label={line.key} />
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
