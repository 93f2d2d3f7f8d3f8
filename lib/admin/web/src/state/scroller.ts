// How far down rows are scrolled, in pixels as if all of them were drawn. Browsers draw nothing that is taller
// than some ten million pixels, and a million rows are: past `heightMax` the bar stands for more than its
// pixels. Small moves, of the wheel and keys, are taken as they are, large ones, of the bar, in proportion;
// at rest the bar is put where it belongs. Pure.

export const heightMax = 8_000_000;

export class Scroller {
  top = 0;
  private bar = 0;     // the browser's scrollTop
  private height = 0;  // of all rows
  private view = 0;    // of what is seen

  // How high the browser is told that the rows are.
  get space(): number {
    return Math.min(this.height, heightMax);
  }

  // How far above their own place rows are drawn.
  get offset(): number {
    return this.top - this.bar;
  }

  private get range(): number {
    return Math.max(0, this.height - this.view);
  }

  private get barRange(): number {
    return Math.max(0, this.space - this.view);
  }

  resize(height: number, view: number) {
    this.height = height;
    this.view = view;
    if (this.height <= heightMax) this.top = this.bar;
  }

  // The browser's bar is at `bar`.
  moved(bar: number) {
    const by = bar - this.bar;
    this.bar = bar;
    if (this.height <= heightMax) this.top = bar;
    else if (bar <= 0) this.top = 0;
    else if (bar >= this.barRange - 1) this.top = this.range;
    else if (Math.abs(by) <= 2 * this.view) this.top = this.within(this.top + by);
    else this.top = (bar / this.barRange) * this.range;
  }

  // Shows what begins at `top`; answers where the bar is then.
  goTo(top: number): number {
    this.top = this.within(top);
    this.bar = this.range ? (this.top / this.range) * this.barRange : 0;
    return this.bar;
  }

  private within(top: number): number {
    return Math.max(0, Math.min(top, this.range));
  }
}
