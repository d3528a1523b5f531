import { Component, type ReactElement, type ReactNode } from 'react';
import { said } from './errors';
import { Message } from './Message';
import { Translation } from './translation';

interface IProps {
  /** Another place is tried anew. */
  where: string;
  children: ReactNode;
}

interface IState {
  problem: string | null;
  where: string;
}

/** An error in one place says so there, and the way to the others stays. */
export class Guard extends Component<IProps, IState> {
  static override contextType = Translation;
  declare context: React.ContextType<typeof Translation>;
  override readonly state: IState = { problem: null, where: this.props.where };

  static getDerivedStateFromError(error: unknown): Partial<IState> {
    return { problem: said(error) };
  }

  static getDerivedStateFromProps({ where }: IProps, state: IState): Partial<IState> | null {
    return where === state.where ? null : { problem: null, where };
  }

  override render(): ReactElement {
    const { problem } = this.state;
    return problem === null ? (
      <>{this.props.children}</>
    ) : (
      <Message
        title={this.context.__('This could not be shown')}
        text={problem}
        onRetry={() => this.setState({ problem: null })}
      />
    );
  }
}
