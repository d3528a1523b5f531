import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, useEffect, useRef, type ReactElement } from 'react';
import type { INumbered } from './ansi';

interface IProps {
  label: string;
  testid: string;
  lines: INumbered[];
  wrap: boolean;
  /** Whether the end stays in sight when lines come. */
  follow: boolean;
  /** What is marked wherever it stands. */
  mark: string;
  onFollow?(follow: boolean): void;
}

const HEIGHT = 18;
const LONGEST = 20_000;

/** Lines of a text with their numbers; only those in sight are in the page. */
export function Lines(props: IProps): ReactElement {
  const { label, testid, lines, wrap, follow, mark, onFollow } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    initialRect: { width: 800, height: 500 },
    overscan: 20
  });
  useEffect(() => virtual.measure(), [wrap]);
  useEffect(() => {
    if (follow && lines.length > 0) {
      virtual.scrollToIndex(lines.length - 1, { align: 'end' });
    }
  }, [follow, lines.length, lines[lines.length - 1]?.number]);
  const digits = String(lines[lines.length - 1]?.number ?? 1).length;
  const onScroll = (): void => {
    const place = scroller.current;
    if (place !== null && onFollow !== undefined) {
      const isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 2 * HEIGHT;
      if (!isAtEnd && follow) {
        onFollow(false);
      }
    }
  };
  return (
    <div
      ref={scroller}
      className="jp-mlops-lines"
      data-testid={testid}
      data-wrap={wrap}
      data-count={lines.length}
      role="group"
      aria-label={label}
      tabIndex={0}
      onWheel={onScroll}
      onKeyUp={onScroll}
    >
      <div style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const line = lines[index];
          return (
            line !== undefined && (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className="jp-mlops-text-line"
                style={{ transform: `translateY(${start}px)` }}
              >
                <span
                  className="jp-mlops-line-number"
                  style={{ width: `${digits}ch` }}
                  data-number={line.number}
                  aria-hidden="true"
                />
                <code>
                  {line.pieces.map((one, at) => (
                    <span key={at} data-look={one.look || undefined}>
                      <Marked text={one.text.slice(0, LONGEST)} mark={mark} />
                      {one.text.length > LONGEST && '…'}
                    </span>
                  ))}
                </code>
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function Marked({ text, mark }: { text: string; mark: string }): ReactElement {
  if (mark === '') {
    return <>{text}</>;
  }
  const parts: string[] = [];
  const [low, wanted] = [text.toLowerCase(), mark.toLowerCase()];
  let at = 0;
  for (let found = low.indexOf(wanted); found >= 0; found = low.indexOf(wanted, at)) {
    parts.push(text.slice(at, found), text.slice(found, found + wanted.length));
    at = found + wanted.length;
  }
  parts.push(text.slice(at));
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={index}>{index % 2 === 1 ? <mark>{part}</mark> : part}</Fragment>
      ))}
    </>
  );
}
