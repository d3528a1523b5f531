import type { ReactElement, ReactNode } from 'react';

interface IProps {
  title: string;
  count?: number | undefined;
  tools?: ReactNode;
  children: ReactNode;
}

/** A part of a run's page with its title. */
export function Section({ title, count, tools, children }: IProps): ReactElement {
  return (
    <section className="jp-mlops-run-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {count !== undefined && <span className="jp-mlops-quiet">{count}</span>}
        {tools}
      </header>
      {children}
    </section>
  );
}
