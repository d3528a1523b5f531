import { readPlace, type IPlace } from '../../components/addresses';
import { Observed } from '../../components/Observed';

/** Where a page has been; a new object at every change. */
interface IWhere {
  /** As text, see `addresses`. */
  place: string;
  read: IPlace;
  canBack: boolean;
  canForward: boolean;
}

const MOST = 100;

/** The places of one tab, as a browser keeps them. */
export class History extends Observed {
  constructor(place: string) {
    super();
    this.places = [place];
    this.where = this.now();
  }

  readonly get = (): IWhere => this.where;

  readonly go = (place: string, replace = false): void => {
    if (place === this.where.place) {
      return;
    }
    this.places = [...this.places.slice(0, replace ? this.at : this.at + 1), place].slice(-MOST);
    this.move(this.places.length - 1);
  };

  readonly step = (by: 1 | -1): void => {
    if (this.places[this.at + by] !== undefined) {
      this.move(this.at + by);
    }
  };

  private move(at: number): void {
    this.at = at;
    this.where = this.now();
    this.tell();
  }

  private now(): IWhere {
    const place = this.places[this.at] ?? '';
    return {
      place,
      read: readPlace(place),
      canBack: this.at > 0,
      canForward: this.at < this.places.length - 1
    };
  }

  private places: string[];
  private at = 0;
  private where: IWhere;
}
